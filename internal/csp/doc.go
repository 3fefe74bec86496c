// Package csp is the world of a Cloud Solution Provider programme: partners and their applications, the customers they
// create, each customer's directory tenant and users, and the rules that hold between them.
//
// It owns what is true and what is allowed. How a request looks on the wire belongs to package partnercenter, how a
// caller proves who it is to the login and api surfaces, and how facts survive to whoever implements [Store].
//
// # Addresses
//
// [ValidateAddress] judges by rules and a few facts. It has no postal database: that an address is verified says that
// nothing speaks against it, not that anybody lives there. The eight statuses, the number of suggestions that go with
// each, and the first words of the messages are the service's (Partner Center docs, validate-an-address, and the
// announcement of March 2021 of the enhanced address validation). In this order, everything that is wrong being named:
//
//   - Country: one that is missing or none of package market's is NotValidated.
//   - Form, everywhere: the postal code must have the country's form, and in the countries whose states are listed the
//     state must be on the list; otherwise None. Whether they may be missing is the country's rule.
//   - State, United States, Canada and Mexico: zones.csv says which state the first characters of a postal code lie in.
//     United States: ZIP Code prefixes of three digits as the Postal Service assigns them (Labeling List L002), with the
//     unassigned ones in between; Canada: forward sortation areas (Canada Post, addressing guidelines); Mexico: the first two
//     digits (Correos de México, Catálogo Nacional de Códigos Postales), with both codes of a state. Of city, state and
//     postal code two that agree outvote the third, and the third is corrected in an InteractionRequired. If two
//     corrections are as good the status is Multiple, if there is none it is None.
//   - City: places.csv has some American cities: those of the docs' samples, and well-known names that several states
//     share; and some large ones of Canada and Mexico. A postal code that is one city's alone corrects the city (98007 is
//     Bellevue's: docs of 2017). What the table does not know is taken for true.
//   - Street: a line without letters and figures is StreetPartial. So is one without a house number, in a dozen countries
//     where hardly any house lacks it; there, a word for a suite, an apartment or a box without its number is
//     PremisesPartial. Both are Multiple, as the docs define it.
//   - streets.csv has a few addresses of public knowledge. Only of those can it be said that a house number does not exist
//     (PremisesPartial), that a name is misspelled (InteractionRequired), that the street lies elsewhere (None), and
//     what the last four digits of the ZIP Code are. The verdicts on 1 Microsoft Way and its misspellings are those of
//     the .NET SDK's samples.
//
// A post-office box, and an American address with all nine digits, is Verified, any other good one VerifiedShippable.
package csp
