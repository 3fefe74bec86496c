package csp

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/tenantry/tenantry/partnercenter"
)

// AgreementText names a text of an agreement.
type AgreementText struct {
	Template          *partnercenter.AgreementMetaData
	Language, Country string
}

// The text that is meant where the request names none. Partner Center docs: download-customer-agreement-template.
const (
	defaultTextLanguage = "en-US"
	defaultTextCountry  = "US"
)

// NewAgreementText is the text of an agreement for a country, in the language, or in American English if there is none in it.
// Countries are compared letter by letter, and languages in any case.
func NewAgreementText(templateID, language, country string) (*AgreementText, error) {
	template := templateOf(templateID)
	if template == nil {
		return nil, partnercenter.ErrTemplateNotFound.With("The agreement template " + quoted(templateID) + " was not found. The templates are " + strings.Join(templateIDs(), " and ") + ".")
	}
	if country == "" {
		country = defaultTextCountry
	}
	further, ok := textLanguages()[country]
	if !ok {
		return nil, partnercenter.ErrInvalidEnum.With("There is no text of the agreement for the country "+quoted(country)+"; give the two capital letters of its ISO 3166-1 code, for example US.", "country")
	}
	text := &AgreementText{Template: template, Language: defaultTextLanguage, Country: country}
	if further != "" && strings.EqualFold(language, further) {
		text.Language = further
	}
	return text, nil
}

//go:embed agreements.csv
var agreementsCSV string

// textLanguages is the language beside American English in which the agreements' texts exist, or nothing, by country.
// Partner Center docs: download-customer-agreement-template, February 2020. They list them for the Microsoft Customer
// Agreement, and no others.
var textLanguages = sync.OnceValue(func() map[string]string {
	languages := map[string]string{}
	for _, row := range rowsOf(agreementsCSV) {
		languages[row[0]] = row[1]
	}
	return languages
})
