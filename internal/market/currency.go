package market

// currencies are what the programme bills in where it does not bill in US dollars: those of its price lists. Who uses which
// is general knowledge (ISO 4217).
var currencies = map[string]string{
	"AU": "AUD", "BR": "BRL", "CA": "CAD", "CH": "CHF", "CN": "CNY", "DK": "DKK", "GB": "GBP", "IN": "INR", "JP": "JPY",
	"KR": "KRW", "LI": "CHF", "NO": "NOK", "NZ": "NZD", "RU": "RUB", "SE": "SEK", "TW": "TWD",

	"AT": "EUR", "BE": "EUR", "CY": "EUR", "DE": "EUR", "EE": "EUR", "ES": "EUR", "FI": "EUR", "FR": "EUR", "GR": "EUR",
	"IE": "EUR", "IT": "EUR", "LT": "EUR", "LU": "EUR", "LV": "EUR", "MC": "EUR", "MT": "EUR", "NL": "EUR", "PT": "EUR",
	"SI": "EUR", "SK": "EUR",
}

// BillingCurrency is the ISO 4217 code of what a partner in the country is billed in.
func (c *Country) BillingCurrency() string {
	if currency, ok := currencies[c.ISO2]; ok {
		return currency
	}
	return "USD"
}
