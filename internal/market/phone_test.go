package market

import (
	"regexp"
	"strings"
	"testing"
)

// TestPhonePatterns holds the patterns that clients are given to numbers as
// people write them. The numbers are made up, or nobody's by the plan.
func TestPhonePatterns(t *testing.T) {
	for _, test := range []struct {
		iso2, right, wrong string // with semicolons between
	}{
		{"US", "4255550101;425-555-0101;(425) 555-0101;+1 425 555 0101;1.425.555.0101;001 425 555 0101", "555-0101;42555501011;+44 20 7946 0123"},
		{"CA", "(416) 555-0101;+1-416-555-0101;310-1234", "310-123"},
		{"JM", "876 523 0123;+1 (876) 523-0123", "523"},
		{"GB", "020 7946 0123;+44 20 7946 0123;+44 (0)20 7946 0123;0044 7700 900123;01632 960123", "020 79;+44 20 7946 0123 456"},
		{"DE", "030 123456;+49 30 123456;+49 (0)30 / 12 34 56;0170-1234567;(030) 123456", "03;+49 30 123456 7890123"},
		{"FR", "0470000000;04 70 00 00 00;+33 4 70 00 00 00;+33 (0) 4.70.00.00.00", "04 70 00 00;+33 4 70 00 00 00 00 0"},
		{"PT", "912345678;+351 21 234 5678;00351 212345678", "21 234 567;2123456789"},
		{"ES", "91 123 45 67;+34 612 345 678", "91 123 45"},
		{"IT", "06 6981 2345;+39 06 6981 2345;+39 347 123 4567", "06 69;+39 06 6981 2345 6789"},
		{"NL", "020 123 4567;+31 (0)20 123 4567;06-12345678", "020"},
		{"CH", "044 123 45 67;+41 44 123 45 67", "044 123 45"},
		{"PL", "22 123 45 67;+48 600 123 456", "22 12"},
		{"HU", "06 1 234 5678;(06-1) 234-5678;+36 1 234 5678;+36 20 123 4567", "234 5678;+36 1 234 5678 90"},
		{"RU", "8 (495) 123-45-67;+7 495 123-45-67;4951234567;5035550144", "123-45-67"},
		{"KZ", "8 (727) 123-45-67;+7 701 123 4567", "123-45-67"},
		{"BY", "8 017 123-45-67;+375 17 123-45-67;8-029-123-45-67", "12-45"},
		{"UA", "044 123 45 67;+380 44 123 4567", "123 45 67"},
		{"LT", "8 5 212 3456;0 5 212 3456;+370 5 212 3456", "212 3456"},
		{"TR", "0212 345 67 89;+90 (212) 345 67 89", "345 6"},
		{"AE", "04 234 5678;050 123 4567;+971 4 234 5678", "1234"},
		{"SA", "011 234 5678;+966 50 123 4567", "234 5678"},
		{"IL", "02-123-4567;+972 50-123-4567", "123"},
		{"EG", "02 2345 6789;+20 100 123 4567", "234 567"},
		{"NG", "0803 123 4567;+234 1 234 5678", "123 4567"},
		{"KE", "020 201 2345;+254 712 123456", "20 12"},
		{"ZA", "011 123 4567;+27 82 123 4567", "1234"},
		{"IN", "011 2345 6789;+91 98765 43210;098765 43210", "2345 67"},
		{"CN", "010 1234 5678;+86 138 0013 8000;(0755) 1234 5678", "1234 5"},
		{"HK", "2123 4567;+852 2123 4567", "2123"},
		{"TW", "02 2123 4567;+886 912 345 678", "2123"},
		{"JP", "03-1234-5678;+81 3 1234 5678;090-1234-5678", "1234-567"},
		{"KR", "02-212-3456;+82 10-1234-5678", "21"},
		{"SG", "6123 4567;+65 6123 4567", "6123 456"},
		{"ID", "(021) 835 0123;+62 812 3456 7890", "8350"},
		{"TH", "02 123 4567;+66 81 234 5678", "123 4567"},
		{"VN", "024 1234 5678;+84 91 234 56 78", "1234"},
		{"AU", "(02) 5550 1234;+61 2 5550 1234;0491 570 006;1800 160 401", "1234"},
		{"NZ", "03 234 5678;+64 21 123 4567", "1234"},
		{"BR", "(11) 2345-6789;+55(11)989661259;011 98966-1259", "234-567"},
		{"MX", "55 1234 5678;01 55 1234 5678;+52 55 1234 5678;+52 1 55 1234 5678", "1234 5678"},
		{"AR", "011 2345-6789;+54 9 11 2345-6789;011 15-2345-6789", "2345-6789"},
		{"CL", "2 2123 4567;+56 9 6123 4567", "2123 456"},
		{"CO", "(601) 234 5678;+57 321 123 4567", "234 56"},
		{"NU", "7012;+683 7012", "701"},
		{"SH", "22158;+290 22158", "221"},
		{"AQ", "+672 10 6609", "6609"},
	} {
		re := regexp.MustCompile(mustLookup(t, test.iso2).PhonePattern())
		for right := range strings.SplitSeq(test.right, ";") {
			if !re.MatchString(right) {
				t.Errorf("%s: %q does not match %s", test.iso2, right, re)
			}
		}
		for _, wrong := range append(strings.Split(test.wrong, ";"), "", "+", "0", "call me", "1-800-FLOWERS", "+999 12 345 678 901 234", strings.Repeat("1", 30)) {
			if re.MatchString(wrong) {
				t.Errorf("%s: %q matches %s", test.iso2, wrong, re)
			}
		}
	}
}

// TestServedPhonePatterns holds that every country has a pattern to serve, but
// for PT, whose recording has none, and US, whose recording has its own.
func TestServedPhonePatterns(t *testing.T) {
	for c := range Countries() {
		want := c.PhonePattern()
		switch c.ISO2 {
		case "PT":
			want = ""
		case "US":
			want = `^(1[ \-\/\.]?)?(\((\d{3})\)|(\d{3}))[ \-\/\.]?(\d{3})[ \-\/\.]?(\d{4})$`
		}
		if got := c.ServedPhonePattern(); got != want {
			t.Errorf("%s: got %s, want %s", c.ISO2, got, want)
		}
		if c.Recorded != (c.ISO2 == "PT" || c.ISO2 == "US") {
			t.Errorf("%s: recorded: got %t", c.ISO2, c.Recorded)
		}
	}
}

func TestValidPhone(t *testing.T) {
	for _, test := range []struct {
		name, iso2, phone string
		want              bool
	}{
		{"none", "HU", "", true},
		{"own", "HU", "06 1 234 5678", true},
		{"of an island", "NU", "7012", true},
		{"as short elsewhere", "HU", "7012", false},
		{"of another country", "HU", "+1 (503) 555-0144", true},
		{"of another country, bare", "HU", "5035550144", true},
		{"within the town", "RU", "123-45", true},
		{"blanks around", "DE", " 030 123456 ", true},
		{"blank and dash as pasted", "DE", "030\u00a012\u201034\u201156", true},
		{"Arabic digits", "SA", "\u0660\u0661\u0661 \u0662\u0663\u0664 \u0665\u0666\u0667\u0668", true},
		{"extension", "US", "425 555 0101 x12", true},
		{"extension, abbreviated", "US", "(425) 555-0101, Ext. 1234", true},
		{"extension, sign", "US", "425-555-0101 #7", true},
		{"extension without a number", "US", "425 555 0101 x", false},
		{"extension only", "US", "x12", false},
		{"long extension", "US", "425 555 0101 x12345678", false},
		{"longest", "DE", "+49 (0)30 123456789012", true},
		{"two numbers", "DE", "030 1234567 / 030 1234568", false},
		{"words", "US", "call me", false},
		{"letters on the keys", "US", "1-800-FLOWERS", false},
		{"e-mail", "US", "ana@contoso.com", false},
		{"plus in between", "US", "425+5550101", false},
		{"line end", "US", "4255550101\n", false},
		{"separators only", "US", "(---) --- ----", false},
		{"one digit", "US", "1", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := mustLookup(t, test.iso2).ValidPhone(test.phone); got != test.want {
				t.Errorf("%s %q: got %t, want %t", test.iso2, test.phone, got, test.want)
			}
		})
	}
}

// FuzzValidPhone holds that whatever is taken for a phone number has digits and
// fits in a line, that blanks around it do not matter, and that what clients
// are told to accept is accepted here.
func FuzzValidPhone(f *testing.F) {
	for c := range Countries() {
		f.Add(c.ISO2, c.PhoneSample)
	}
	f.Add("US", "(425) 555-0101, Ext. 1234")
	f.Add("SA", "\u0660\u0661\u0661 \u0662\u0663\u0664 \u0665\u0666\u0667\u0668")
	f.Fuzz(func(t *testing.T, iso2, phone string) {
		c, ok := Lookup(iso2)
		if !ok || phone == "" {
			return
		}
		valid := c.ValidPhone(phone)
		if served := c.ServedPhonePattern(); served != "" && regexp.MustCompile(served).MatchString(phone) && !valid {
			t.Errorf("%s %q matches %s and is refused", iso2, phone, served)
		}
		if !valid {
			return
		}
		if strings.ContainsAny(phone, "\x00\r\n\t@<>") || !regexp.MustCompile(`\p{Nd}`).MatchString(phone) {
			t.Errorf("%s %q is accepted", iso2, phone)
		}
		if dialable(phone) && !dialable(" "+phone+" ") {
			t.Errorf("%s %q is accepted, but not between blanks", iso2, phone)
		}
	})
}
