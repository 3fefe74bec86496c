// Package market knows the 248 countries and regions of the Partner Center
// service, the cultures and languages that customers may be written to in, and
// what an address, a phone number and a registration number look like in each.
//
// It owns one table, countries.json: a country a line, only what differs from
// the zero value written down. A new fact is a value in that file; a new kind
// of fact is one more field of [Country], which also says where the values of
// that field come from. The table is read when it is first asked for, a pattern
// is compiled when it is first used, and nothing changes after that.
//
// It leaves to others: when a field must be present and which fault is the
// answer (internal/csp), the wire form of the validation rules
// (partnercenter, internal/api), and which of these rules a server is
// configured to hold its customers to (internal/csp).
//
// The sources, as the fields of [Country] name them:
//
//   - docs: the Partner Center documentation; its page on supported languages
//     and locales lists countries, codes and cultures, "Validate an address"
//     names the countries whose states are checked, "Create a customer"
//     (revision of 30 March 2021) those that need a registration number.
//   - recording: two answers of the real GET /v1/countryvalidationrules/{ISO2},
//     the United States of 2019 and Portugal of December 2021
//     (microsoft/Partner-Center-PowerShell, issue 383). They are followed to
//     the letter, and a test holds them so.
//   - practice: what postal services, statistical offices and tax authorities
//     publish about their own codes and numbers (ISO 3166-2, the Universal
//     Postal Union, VIES, the OECD pages on tax identification numbers). The
//     service does not publish what it uses, so these are lenient: a pattern
//     that is too narrow refuses good customers. In postal codes and
//     registration numbers letters match in either case, separators may be left
//     out, and where nothing is certain there is no pattern. VAT numbers are
//     never checked here, only described to clients.
//   - plan: the public numbering plans (ITU E.164 and E.129) as the metadata of
//     libphonenumber collects them: trunk prefixes, how many digits, examples.
//     Patterns made of them count digits; [Country.ValidPhone] takes numbers of
//     other countries as well.
//
// What a recording lacks is not served, even where this table knows it: neither
// describes registration numbers, and that of PT no phone numbers. A server
// that said more of these two would not be the one that was recorded.
//
// Every pattern is anchored and keeps to what Go, .NET and JavaScript read the
// same way, because clients fetch it and apply it themselves.
package market
