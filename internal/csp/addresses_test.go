package csp_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// MustAddress is an address written as line 1, line 2, city, state, postal code and country, with semicolons between.
func MustAddress(t testing.TB, text string) *partnercenter.Address {
	t.Helper()
	parts := strings.Split(text, ";")
	if len(parts) != 6 {
		t.Fatalf("%q has %d parts, want 6", text, len(parts))
	}
	return &partnercenter.Address{
		AddressLine1: parts[0], AddressLine2: parts[1], City: parts[2], State: parts[3], PostalCode: parts[4], Country: parts[5],
	}
}

// addressText is the reverse of MustAddress.
func addressText(a *partnercenter.Address) string {
	return strings.Join([]string{a.AddressLine1, a.AddressLine2, a.City, a.State, a.PostalCode, a.Country}, ";")
}

// verdicts are addresses and what is said to them: the first row of a group has its sources' name.
var verdicts = []struct {
	name, address string
	want          partnercenter.AddressStatus
	suggestions   []string
	message       string // a part of it
}{
	// The .NET SDK's samples.
	{"complete", "1 Microsoft Way;;Redmond;WA;98052;US", "VerifiedShippable", []string{"1 Microsoft Way;;Redmond;WA;98052-8300;US"}, ""},
	{"all nine digits", "1 Microsoft Way;;Redmond;WA;98052-8300;US", "Verified", []string{"1 Microsoft Way;;Redmond;WA;98052-8300;US"}, ""},
	{"another city", "1 Microsoft Way;;Seattle;WA;98052;US", "InteractionRequired", []string{"1 Microsoft Way;;Redmond;WA;98052-8300;US"}, "98052 is a postal code of Redmond, WA, not of 'Seattle'."},
	{"no house number", "Microsoft Way;;Redmond;WA;98052;US", "StreetPartial", []string{"1 Microsoft Way;;Redmond;WA;98052-8300;US"}, "'Street'. The house number is missing; give it in line 1, for example 1 Microsoft Way."},
	{"another house number", "3 Microsoft Way;;Redmond;WA;98052;US", "PremisesPartial", []string{"1 Microsoft Way;;Redmond;WA;98052-8300;US"}, "'Premises'. The street has no number '3'."},
	{"another city and postal code", "1 Microsoft Way;;Seattle;WA;98055;US", "None", []string{}, "'1 Microsoft Way' is in Redmond, WA 98052; neither the city nor the postal code is."},
	{"no country", "1 Microsoft Way;;Redmond;WA;98052;", "NotValidated", []string{}, "Address field invalid for property: 'Country'. It is missing; give the two letters, for example US."},

	// The docs.
	{"the sample request", "One Microsoft Way;;Redmond;WA;98052;US", "VerifiedShippable", []string{"1 Microsoft Way;;Redmond;WA;98052-8300;US"}, ""},
	{"the sample failure", "One Microsoft Way;;Redmond;WA;98007;US", "InteractionRequired", []string{"One Microsoft Way;;Bellevue;WA;98007;US"}, "'City'. 98007 is a postal code of Bellevue, WA, not of 'Redmond'."},
	{"the announcement", "1 Micro Way;;Redmond;WA;98052;US", "InteractionRequired", []string{"1 Microsoft Way;;Redmond;WA;98052-8300;US"}, "Address field invalid for property: 'Street'. Did you mean 1 Microsoft Way?"},
	{"several partial fields", "Microsoft Way, Suite;;Redmond;WA;98052;US", "Multiple", []string{"1 Microsoft Way, Suite;;Redmond;WA;98052-8300;US"}, "The number after 'Suite' is missing, for example Suite 100."},

	// Countries.
	{"the United Kingdom", "1 High St;;Leeds;;LS1 1AA;UK", "NotValidated", []string{}, "'UK' is not the two-letter ISO 3166-1 code of a supported country; give the two letters, for example GB."},
	{"three letters", "1 Microsoft Way;;Redmond;WA;98052;usa", "NotValidated", []string{}, "for example US."},
	{"name", "Am Ring 1;;Köln;;50667;germany", "NotValidated", []string{}, "for example DE."},
	{"nowhere", "1 Microsoft Way;;Redmond;WA;98052;XX", "NotValidated", []string{}, "'XX' is not"},

	// One spelling.
	{"blanks and cases", " 12  Mill St ;;Salem;or;97301; us", "VerifiedShippable", []string{"12 Mill St;;Salem;OR;97301;US"}, ""},
	{"no hyphen", "12 Mill St;;Salem;OR;973010001;US", "Verified", []string{"12 Mill St;;Salem;OR;97301-0001;US"}, ""},
	{"Canada", "12 Mill St;;Ottawa;on;k1a0b1;CA", "VerifiedShippable", []string{"12 Mill St;;Ottawa;ON;K1A 0B1;CA"}, ""},
	{"United Kingdom", "Rose Cottage;Mill Lane;Oxford;;ox12jd;GB", "VerifiedShippable", []string{"Rose Cottage;Mill Lane;Oxford;;OX1 2JD;GB"}, ""},
	{"forces of the United Kingdom", "1 Camp Rd;;Episkopi;;bfpo 57;GB", "VerifiedShippable", []string{"1 Camp Rd;;Episkopi;;BFPO 57;GB"}, ""},
	{"kept", "One Microsoft Way, Suite 5;2nd Floor;redmond;WA;98052;US", "VerifiedShippable", []string{"1 Microsoft Way, Suite 5;2nd Floor;Redmond;WA;98052-8300;US"}, ""},
	{"building first", "Building 92, One Microsoft Way #5;;Redmond;WA;98052;US", "VerifiedShippable", []string{"Building 92, 1 Microsoft Way #5;;Redmond;WA;98052-8300;US"}, ""},
	{"street in line 2", "Building 92;One Microsoft Way;Redmond;WA;98052;US", "VerifiedShippable", []string{"Building 92;One Microsoft Way;Redmond;WA;98052-8300;US"}, ""},
	{"Saint or St.", "1 Main St;;St. Louis;MO;63101;US", "VerifiedShippable", []string{"1 Main St;;St. Louis;MO;63101;US"}, ""},

	// City, state and postal code.
	{"postal code of another state", "12 Mill St;;Anytown;WA;10002;US", "InteractionRequired", []string{"12 Mill St;;Anytown;NY;10002;US"}, "'State'. 10002 lies in NY, not in WA."},
	{"city and postal code against the state", "12 Mill St;;Portland;WA;04101;US", "InteractionRequired", []string{"12 Mill St;;Portland;ME;04101;US"}, "04101 lies in ME, not in WA."},
	{"city and state against the postal code", "12 Mill St;;Redmond;WA;33109;US", "InteractionRequired", []string{"12 Mill St;;Redmond;WA;98052;US"}, "'PostalCode'. 33109 lies in FL, not in WA."},
	{"either of two", "12 Mill St;;Seattle;WA;97756;US", "Multiple", []string{"12 Mill St;;Seattle;WA;98101;US", "12 Mill St;;Redmond;OR;97756;US"}, "97756 lies in OR, not in WA."},
	{"city of many states", "12 Mill St;;Springfield;XX;00000;US", "Multiple", []string{"12 Mill St;;Springfield;IL;62701;US", "12 Mill St;;Springfield;MA;01103;US", "12 Mill St;;Springfield;MO;65806;US"}, "00000 lies in no state of United States. 'XX' is not a state of United States; use one of AK,"},
	{"city of one state", "12 Mill St;;Seattle;XX;00000;US", "InteractionRequired", []string{"12 Mill St;;Seattle;WA;98101;US"}, "00000 lies in no state"},
	{"nothing fits", "12 Mill St;;Anytown;XX;00000;US", "None", []string{}, "00000 lies in no state"},
	{"state by name", "12 Mill St;;Seattle;Washington;98101;US", "InteractionRequired", []string{"12 Mill St;;Seattle;WA;98101;US"}, "98101 lies in WA. 'Washington' is not a state"},
	{"four digits, known city", "12 Mill St;;Redmond;WA;9805;US", "InteractionRequired", []string{"12 Mill St;;Redmond;WA;98052;US"}, "'9805' does not have the form of the postal codes of United States, for example 98052."},
	{"four digits, unknown city", "12 Mill St;;Anytown;WA;9805;US", "None", []string{}, "'9805' does not have the form"},
	{"an exception among the prefixes", "1 Fox Ave;;Fishers Island;NY;06390;US", "VerifiedShippable", []string{"1 Fox Ave;;Fishers Island;NY;06390;US"}, ""},
	{"its neighbours", "1 Main St;;Groton;CT;06340;US", "VerifiedShippable", []string{"1 Main St;;Groton;CT;06340;US"}, ""},
	{"province", "12 Mill St;;Ottawa;QC;K1A 0B1;CA", "InteractionRequired", []string{"12 Mill St;;Ottawa;ON;K1A 0B1;CA"}, "K1A 0B1 lies in ON, not in QC."},
	{"territory", "12 Mill St;;Iqaluit;NU;X0A 0H0;CA", "VerifiedShippable", []string{"12 Mill St;;Iqaluit;NU;X0A 0H0;CA"}, ""},
	{"listed state", "Av. Juárez 12;;Guadalajara;JAL;44100;MX", "VerifiedShippable", []string{"Av. Juárez 12;;Guadalajara;JAL;44100;MX"}, ""},
	{"listed state, two letters", "Av. Juárez 12;;Guadalajara;jc;44100;MX", "VerifiedShippable", []string{"Av. Juárez 12;;Guadalajara;JC;44100;MX"}, ""},
	{"state by name, Mexico", "Av. Juárez 12;;Guadalajara;Jalisco;44100;MX", "InteractionRequired", []string{"Av. Juárez 12;;Guadalajara;JAL;44100;MX"}, "'State'. 44100 lies in JAL. 'Jalisco' is not a state of Mexico; use one of AGU,"},
	{"another state, Mexico", "Calle 60 12;;Merida;ROO;97000;MX", "InteractionRequired", []string{"Calle 60 12;;Merida;YUC;97000;MX"}, "'State'. 97000 lies in YUC, not in ROO."},
	{"another state, Mexico, two letters", "Calle 60 12;;Merida;QR;97000;MX", "InteractionRequired", []string{"Calle 60 12;;Merida;YN;97000;MX"}, "'State'. 97000 lies in YN, not in QR."},
	{"another postal code, Mexico", "Calle 60 12;;Mérida;YUC;64000;MX", "InteractionRequired", []string{"Calle 60 12;;Mérida;YUC;97000;MX"}, "'PostalCode'. 64000 lies in NLE, not in YUC."},
	{"city of two states, Mexico", "Av. Juárez 12;;Guadalupe;XX;19000;MX", "Multiple", []string{"Av. Juárez 12;;Guadalupe;NL;67100;MX", "Av. Juárez 12;;Guadalupe;ZS;98600;MX"}, "19000 lies in no state of Mexico. 'XX' is not a state"},
	{"nothing fits, Mexico", "Av. Juárez 12;;Atlantis;XX;19000;MX", "None", []string{}, "19000 lies in no state"},
	{"no listed state, China", "1 Zhongguancun;;Beijing;Beijing;100080;CN", "None", []string{}, "'State'. 'Beijing' is not a state of China; use one of AH,"},
	{"accents", "1 Rue St-Paul;;Montreal;ON;H2Y 1Z5;CA", "InteractionRequired", []string{"1 Rue St-Paul;;Montreal;QC;H2Y 1Z5;CA"}, "H2Y 1Z5 lies in QC, not in ON."},
	{"another city, Canada", "100 Queen St W;;Ottawa;ON;M5H 2N2;CA", "InteractionRequired", []string{"100 Queen St W;;Toronto;ON;M5H 2N2;CA"}, "'City'. M5H 2N2 is a postal code of Toronto, ON, not of 'Ottawa'."},
	{"either of two, Canada", "100 Queen St W;;Vancouver;BC;M5H 2N2;CA", "Multiple", []string{"100 Queen St W;;Vancouver;BC;V5Y 1V4;CA", "100 Queen St W;;Toronto;ON;M5H 2N2;CA"}, "M5H 2N2 lies in ON, not in BC."},
	{"city of two provinces", "12 Mill St;;Windsor;XX;Z1Z 1Z1;CA", "Multiple", []string{"12 Mill St;;Windsor;NS;B0N 2T0;CA", "12 Mill St;;Windsor;ON;N9A 6S1;CA"}, "'Z1Z 1Z1' does not have the form of the postal codes of Canada"},
	{"box without a number, Germany", "Postfach;;Köln;;50441;DE", "PremisesPartial", []string{}, "The number after 'POSTFACH' is missing"},
	{"apartment without number, Canada", "12 Mill St;Unit;Toronto;ON;M5H 2N2;CA", "PremisesPartial", []string{}, "The number after 'Unit' is missing"},
	{"no house number, Canada", "Mill St;;Toronto;ON;M5H 2N2;CA", "StreetPartial", []string{}, "for example 12 Mill St."},
	{"box, Canada", "PO Box 12;;Toronto;ON;M5H 2N2;CA", "Verified", []string{"PO Box 12;;Toronto;ON;M5H 2N2;CA"}, ""},
	{"box, Mexico", "Apartado 12;;Mérida;YUC;97000;MX", "Verified", []string{"Apartado 12;;Mérida;YUC;97000;MX"}, ""},
	{"form elsewhere", "Domstr. 1;;Köln;;5066;DE", "None", []string{}, "'PostalCode'. '5066' does not have the form of the postal codes of Germany"},
	{"state elsewhere", "Domstr. 1;;Köln;Nordrhein-Westfalen;50667;DE", "VerifiedShippable", []string{"Domstr. 1;;Köln;Nordrhein-Westfalen;50667;DE"}, ""},
	{"postal code where there is none", "Office 5;;Dubai;;;AE", "VerifiedShippable", []string{"Office 5;;Dubai;;;AE"}, ""},

	// Streets.
	{"street with a number", "5th Avenue;;New York;NY;10001;US", "StreetPartial", []string{}, "for example 12 5th Avenue."},
	{"number only", "12;;Salem;OR;97301;US", "StreetPartial", []string{}, "The name of the street is missing; give it in line 1, for example 1 Microsoft Way."},
	{"no letter", "--;;Paris;;75001;FR", "StreetPartial", []string{}, "The name of the street is missing"},
	{"number behind", "Domstraße 1;;Köln;;50667;DE", "VerifiedShippable", []string{"Domstraße 1;;Köln;;50667;DE"}, ""},
	{"no number behind", "Domstraße;;Köln;;50667;DE", "StreetPartial", []string{}, "for example Domstraße 12."},
	{"hamlet", "Lieu-dit Le Bourg;;Saint-Cirq-Lapopie;;46330;FR", "VerifiedShippable", []string{"Lieu-dit Le Bourg;;Saint-Cirq-Lapopie;;46330;FR"}, ""},
	{"grid number", "N6W23001 Bluemound Rd;;Waukesha;WI;53188;US", "VerifiedShippable", []string{"N6W23001 Bluemound Rd;;Waukesha;WI;53188;US"}, ""},
	{"block numbers", "1-2-3;Marunouchi;Chiyoda;Tokyo;100-0005;JP", "VerifiedShippable", []string{"1-2-3;Marunouchi;Chiyoda;Tokyo;100-0005;JP"}, ""},
	{"Sainte and no suite", "120 Ste Catherine St;;Montréal;QC;H2X 1K4;CA", "VerifiedShippable", []string{"120 Ste Catherine St;;Montréal;QC;H2X 1K4;CA"}, ""},
	{"house called so", "The Apartment;Mill Lane;Oxford;;OX1 2JD;GB", "VerifiedShippable", []string{"The Apartment;Mill Lane;Oxford;;OX1 2JD;GB"}, ""},
	{"another postal code of the city", "1 Microsoft Way;;Redmond;WA;98053;US", "InteractionRequired", []string{"1 Microsoft Way;;Redmond;WA;98052-8300;US"}, "'PostalCode'. The postal code of 1 Microsoft Way is 98052-8300."},
	{"highway", "Highway 20;;Winthrop;WA;98862;US", "VerifiedShippable", []string{"Highway 20;;Winthrop;WA;98862;US"}, ""},
	{"building for house number", "Microsoft Way, Building 92;;Redmond;WA;98052;US", "StreetPartial", []string{"1 Microsoft Way, Building 92;;Redmond;WA;98052-8300;US"}, "The house number is missing"},
	{"apartment without number", "12 Mill St;Apt.;Salem;OR;97301;US", "PremisesPartial", []string{}, "The number after 'Apt' is missing, for example Apt 100."},
	{"many suites", "350 Fifth Avenue;;New York;NY;10118;US", "PremisesPartial", []string{"350 5th Ave;;New York;NY;10118;US"}, "The building has many suites; give yours in line 2, for example Suite 100."},
	{"suite", "350 Fifth Avenue;Suite 3300;New York;NY;10118;US", "VerifiedShippable", []string{"350 5th Ave;Suite 3300;New York;NY;10118;US"}, ""},
	{"same street, another house", "12 5th Ave;;New York;NY;10011;US", "VerifiedShippable", []string{"12 5th Ave;;New York;NY;10011;US"}, ""},
	{"two letters wrong", "1600 Amphitheater Parkway;;Mountain View;CA;94043;US", "InteractionRequired", []string{"1600 Amphitheatre Pkwy;;Mountain View;CA;94043-1351;US"}, "Did you mean 1600 Amphitheatre Pkwy?"},
	{"last four digits wrong", "1 Microsoft Way;;Redmond;WA;98052-1234;US", "InteractionRequired", []string{"1 Microsoft Way;;Redmond;WA;98052-8300;US"}, "The postal code of 1 Microsoft Way is 98052-8300."},
	{"post-office box", "P.O. Box 12;;Salem;OR;97301;US", "Verified", []string{"P.O. Box 12;;Salem;OR;97301;US"}, ""},
	{"post-office box without number", "PO Box;;Salem;OR;97301;US", "PremisesPartial", []string{}, "The number after 'PO BOX' is missing, for example PO BOX 100."},
	{"German box", "Postfach 10 01;;Köln;;50441;DE", "Verified", []string{"Postfach 10 01;;Köln;;50441;DE"}, ""},
	{"no box", "12 BP Station Rd;;Salem;OR;97301;US", "VerifiedShippable", []string{"12 BP Station Rd;;Salem;OR;97301;US"}, ""},
	{"rural route", "RR 2 Box 10;;Salem;OR;97301;US", "VerifiedShippable", []string{"RR 2 Box 10;;Salem;OR;97301;US"}, ""},
	{"rural route without box", "RR 2;;Salem;OR;97301;US", "PremisesPartial", []string{}, "The number after 'BOX' is missing"},
	{"place and street", "Mill St;;Seattle;WA;98052;US", "InteractionRequired", []string{"Mill St;;Redmond;WA;98052;US"}, "not of 'Seattle'. Address field invalid for property: 'Street'. The house number is missing"},
}

// TestEveryVerdict holds that the rows above have each verdict, and each in more than one country, or for more than one
// that is none.
func TestEveryVerdict(t *testing.T) {
	countries := map[partnercenter.AddressStatus]map[string]bool{}
	for _, test := range verdicts {
		if countries[test.want] == nil {
			countries[test.want] = map[string]bool{}
		}
		countries[test.want][strings.ToUpper(strings.TrimSpace(MustAddress(t, test.address).Country))] = true
	}
	for status := range suggestionsOf {
		if len(countries[status]) < 2 {
			t.Errorf("%s: got %v, want two countries", status, countries[status])
		}
	}
}

func TestValidateAddress(t *testing.T) {
	for _, test := range verdicts {
		t.Run(test.name, func(t *testing.T) {
			address := MustAddress(t, test.address)
			verdict, err := csp.ValidateAddress(address)
			if err != nil {
				t.Fatal(err)
			}
			suggestions := []string{}
			for _, suggestion := range verdict.SuggestedAddresses {
				suggestions = append(suggestions, addressText(suggestion))
			}
			if verdict.Status != test.want {
				t.Errorf("status: got %s, want %s", verdict.Status, test.want)
			}
			if diff := cmp.Diff(test.suggestions, suggestions); diff != "" {
				t.Errorf("suggestions (-want +got):\n%s", diff)
			}
			if !strings.Contains(verdict.ValidationMessage, test.message) || test.message == "" && verdict.ValidationMessage != "" {
				t.Errorf("message: got %q, want %q in it", verdict.ValidationMessage, test.message)
			}
			if got := addressText(address); got != test.address || verdict.OriginalAddress != address {
				t.Errorf("original: got %s, want it as it was: %s", got, test.address)
			}
		})
	}
}

// TestRealAddresses holds that addresses which are in use, and some at the edges of the tables, are not objected to.
func TestRealAddresses(t *testing.T) {
	for _, text := range []string{
		"1600 Pennsylvania Ave NW;;Washington;DC;20500;US",
		"11 Wall St;;New York;NY;10005;US",
		"233 S Wacker Dr;;Chicago;IL;60606;US",
		"500 Boylston St;;Boston;MA;02116;US",
		"1 Main St;;Texarkana;AR;71854;US",
		"1 Main St;;Texarkana;TX;75501;US",
		"100 Congress Ave;;Austin;TX;73301;US",
		"1 El Paso St;;El Paso;TX;88510;US",
		"1 Tax Center;;Andover;MA;05501;US",
		"1 Tax Center;;Holtsville;NY;00501;US",
		"2000 Mall Rd;;Arlington;VA;20101;US",
		"1 Peachtree St;;Atlanta;GA;39901;US",
		"12 Alta Rd;;Alta;WY;83414;US",
		"100 Main St;;Honolulu;HI;96813;US",
		"4001 E 3rd St;;Anchorage;AK;99501;US",
		"1950 Meadowvale Blvd;;Mississauga;ON;L5N 8L9;CA",
		"1 Rue St-Paul;;Montréal;QC;H2Y 1Z5;CA",
		"Thames Valley Park;;Reading;Berkshire;RG6 1WG;GB",
		"Walter-Gropius-Straße 5;;München;;80807;DE",
		"39 quai du Président Roosevelt;;Issy-les-Moulineaux;;92130;FR",
		"Level 5, 1 Epping Road;;North Ryde;NSW;2113;AU",
		"2-16-3 Konan;;Minato-ku;Tokyo;108-0075;JP",
		"1 Zhongguancun;;Beijing;BJ;100080;CN",
		"Av. Vasco de Quiroga 3200;;CDMX;CMX;01210;MX",
		"Calle 20 No. 12;;Mérida;YN;97133;MX",
		"Blvd. Agua Caliente 4558;;Tijuana;BC;22014;MX",
		"Av. Paseo de la Reforma 222;;Cuauhtémoc;CMX;06600;MX",
		"Av. Fundidora 501;;Monterrey;NLE;64010;MX",
		"Periférico Sur 100;;San Pedro Tlaquepaque;JAL;45500;MX",
		"100 City Centre Dr;;North York;ON;M2N 5V7;CA",
		"1055 W Georgia St;;Vancouver;BC;V6E 3P3;CA",
		"1 Water St;;St. John's;NL;A1C 1A1;CA",
		"8 Shenton Way;;Singapore;;068811;SG",
	} {
		if verdict, err := csp.ValidateAddress(MustAddress(t, text)); err != nil || !verdict.Accepted() {
			t.Errorf("%s: got %+v, %v, want that it is accepted", text, verdict, err)
		}
	}
}

// TestValidateAddressRefuses holds to their faults what cannot be judged.
func TestValidateAddressRefuses(t *testing.T) {
	for _, test := range []struct {
		name, address string
		row           *partnercenter.Fault
		want          []string
	}{
		{"nothing", ";;;;;", partnercenter.ErrAddressMissing, []string{"addressLine1", "city", "postalCode", "country"}},
		{"all but the country", ";;;;;US", partnercenter.ErrAddressMissing, []string{"addressLine1", "city", "state", "postalCode"}},
		{"blanks", " ;;Redmond;\t;98052;US", partnercenter.ErrAddressMissing, []string{"addressLine1", "state"}},
		{"state where there is none", ";;Köln;;50667;DE", partnercenter.ErrAddressMissing, []string{"addressLine1"}},
		{"unknown country", "1 Main St;;;;1;XX", partnercenter.ErrAddressMissing, []string{"city"}},
		{"long line", strings.Repeat("x", 201) + ";;Köln;;50667;DE", partnercenter.ErrAddressInvalid, []string{"property_name:  addressLine1", "details:  is 201 characters long; at most 200 are allowed"}},
		{"control character", "1 Main\x00St;;Köln;;50667;D\x01", partnercenter.ErrAddressInvalid, []string{
			"property_name:  addressLine1", "details:  holds a control character; use printable text in one line",
			"property_name:  country", "details:  holds a control character; use printable text in one line",
		}},
		{"long country", "1 Main St;;Köln;;50667;" + strings.Repeat("x", 300), partnercenter.ErrAddressInvalid, []string{"property_name:  country", "details:  is 300 characters long; 2 are allowed"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := csp.ValidateAddress(MustAddress(t, test.address))
			fault := (*partnercenter.Fault)(nil)
			if !errors.As(err, &fault) || !errors.Is(err, test.row) {
				t.Fatalf("got %v, want %v", err, test.row)
			}
			if diff := cmp.Diff(test.want, fault.Data); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSuggestionsHold takes each suggestion at its word: what was corrected is not objected to again.
func TestSuggestionsHold(t *testing.T) {
	for _, test := range verdicts {
		verdict, err := csp.ValidateAddress(MustAddress(t, test.address))
		if err != nil {
			t.Fatal(err)
		}
		for _, suggestion := range verdict.SuggestedAddresses {
			again, err := csp.ValidateAddress(suggestion)
			if err != nil {
				t.Errorf("%s: suggestion %s: %v", test.name, addressText(suggestion), err)
			} else if again.Status == verdict.Status && !again.Accepted() && len(again.SuggestedAddresses) > 0 && addressText(again.SuggestedAddresses[0]) != addressText(suggestion) {
				t.Errorf("%s: suggestion %s is answered %s with %s", test.name, addressText(suggestion), again.Status, addressText(again.SuggestedAddresses[0]))
			}
		}
	}
}

// suggestionsOf is how many suggestions go with each status: at least and at most (Partner Center docs).
var suggestionsOf = map[partnercenter.AddressStatus][2]int{
	partnercenter.AddressVerifiedShippable:   {1, 1},
	partnercenter.AddressVerified:            {1, 1},
	partnercenter.AddressInteractionRequired: {1, 1},
	partnercenter.AddressStreetPartial:       {0, 3},
	partnercenter.AddressPremisesPartial:     {0, 3},
	partnercenter.AddressMultiple:            {0, 3},
	partnercenter.AddressNone:                {0, 0},
	partnercenter.AddressNotValidated:        {0, 0},
}

// FuzzValidateAddress holds that whatever can be decoded is refused in words that can be sent, or gets one of the eight
// verdicts, the same each time, with as many suggestions as the docs give it.
func FuzzValidateAddress(f *testing.F) {
	for _, test := range verdicts {
		text := MustJSON(f, MustAddress(f, test.address))
		f.Add([]byte(text))
	}
	for _, text := range []string{"{}", `{"addressline1":"#"}`, `{"AddressLine1":",,#,","City":"K","Country":"HK"}`, `{"addressLine1":"ſ\u212a 1","city":"İ","postalCode":"98052","state":"wa","country":"US"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var address partnercenter.Address
		if web.Decode(body, &address) != nil {
			return
		}
		before := MustJSON(t, &address)
		verdict, err := csp.ValidateAddress(&address)
		if got := MustJSON(t, &address); got != before {
			t.Errorf("the address was changed: got %s, want %s", got, before)
		}
		if err != nil {
			wantSendable(t, err)
			return
		}
		text := MustJSON(t, verdict.AddressValidationResponse)
		counts, ok := suggestionsOf[verdict.Status]
		if got := len(verdict.SuggestedAddresses); !ok || got < counts[0] || got > counts[1] || verdict.SuggestedAddresses == nil {
			t.Errorf("%s with %d suggestions, want %d to %d: %s", verdict.Status, got, counts[0], counts[1], text)
		}
		if accepted := verdict.Accepted(); accepted != (verdict.Reason == "") || accepted != (verdict.ValidationMessage == "") {
			t.Errorf("accepted: %t, with reason %q and message %q", accepted, verdict.Reason, verdict.ValidationMessage)
		}
		// So much has room in the description of a fault, beside the names of its members.
		if length := utf8.RuneCountInString(MustJSON(t, verdict.ValidationMessage)); length > 880 {
			t.Errorf("message: got %d characters as JSON, want 880 at most: %s", length, verdict.ValidationMessage)
		}
		if again, err := csp.ValidateAddress(&address); err != nil || MustJSON(t, again.AddressValidationResponse) != text {
			t.Errorf("got %v, %v, want the same again: %s", again, err, text)
		}
		if verdict.Accepted() {
			if again, err := csp.ValidateAddress(verdict.SuggestedAddresses[0]); err != nil || !again.Accepted() {
				t.Errorf("the suggestion of %s: got %v, %v, want that it is accepted", text, again, err)
			}
		}
	})
}

func TestDomainOf(t *testing.T) {
	own := csp.Rules{DomainSuffixes: []string{"example.com", "example.org"}}
	for _, test := range []struct {
		name, prefix string
		rules        csp.Rules
		want         string // empty if no domain can have it
	}{
		{"first suffix", "contoso", csp.Rules{}, "contoso.onmicrosoft.com"},
		{"as sent", "Contoso1", csp.Rules{}, "Contoso1.onmicrosoft.com"},
		{"first suffix of one's own", "contoso", own, "contoso.example.com"},
		{"whole domain", "contoso.onmicrosoft.com", csp.Rules{}, ""},
		{"hyphen", "con-toso", csp.Rules{}, ""},
		{"beyond ASCII", "\u212aontoso", csp.Rules{}, ""},
		{"27", strings.Repeat("a", 27), csp.Rules{}, strings.Repeat("a", 27) + ".onmicrosoft.com"},
		{"28", strings.Repeat("a", 28), csp.Rules{}, ""},
		{"nothing", "", csp.Rules{}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := test.rules.DomainOf(test.prefix); got != test.want || ok != (test.want != "") {
				t.Errorf("got %q, %t, want %q", got, ok, test.want)
			}
		})
	}
}
