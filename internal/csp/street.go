package csp

import (
	"slices"
	"strings"
	"unicode"
)

// street is what can be read from the two lines of an address. Words are in capitals, and the usual ones as the United
// States Postal Service abbreviates them (Publication 28, appendices C1 and C2).
type street struct {
	number   string // of the house; [behind] where it does not stand before the street's name
	name     string // the words after the number
	named    bool   // there are letters or figures beyond the house's number
	unit     bool   // a suite, apartment or the like is named
	dangling string // the word for a unit or a box that has no number behind it
	box      bool   // a post-office box or general delivery
	rural    bool   // a rural or highway contract route, whose houses have box numbers

	segment int    // which part of the lines, between commas, the name is in
	tail    string // the unit in that part, as it was written
}

// behind stands for a house number that does not stand alone before the street: Domstraße 1, N6W23001 Bluemound Road; and
// for others that only look like one: Highway 20, Building 92.
const behind = "?"

// boxes are the words for a post-office box, in the languages of the countries that number their houses.
var boxes = []string{
	"PO BOX", "P O BOX", "POBOX", "POST OFFICE BOX", "BOITE POSTALE", "BP", "POSTFACH", "POSTBUS", "APARTADO", "CASELLA POSTALE",
	"CAIXA POSTAL", "POSTBOKS",
}

// units are the words that a suite's or an apartment's number stands behind.
var units = []string{"APT", "APARTMENT", "ROOM", "RM", "STE", "SUITE", "UNIT", "#"}

// usual is how words of a street are abbreviated.
var usual = map[string]string{
	"AVENUE": "AVE", "BOULEVARD": "BLVD", "COURT": "CT", "DRIVE": "DR", "LANE": "LN", "PARKWAY": "PKWY", "PLACE": "PL",
	"ROAD": "RD", "STREET": "ST", "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "NORTHWEST": "NW", "NORTHEAST": "NE",
	"SOUTHWEST": "SW", "SOUTHEAST": "SE", "FIFTH": "5TH",
}

// numerals are house numbers that companies like to spell: One Microsoft Way in the docs' samples.
var numerals = map[string]string{
	"ONE": "1", "TWO": "2", "THREE": "3", "FOUR": "4", "FIVE": "5", "SIX": "6", "SEVEN": "7", "EIGHT": "8", "NINE": "9", "TEN": "10",
}

func parseStreet(line1, line2 string) street {
	var s street
	for at, segment := range append(strings.Split(line1, ","), strings.Split(line2, ",")...) { // a building's name may stand before the street
		written := strings.Fields(strings.NewReplacer(".", " ", "#", " # ").Replace(segment))
		words := make([]string, 0, len(written))
		for _, word := range written {
			word = strings.ToUpper(word)
			if short, ok := usual[word]; ok {
				word = short
			}
			words = append(words, word)
		}
		if len(words) == 0 {
			continue
		}
		s.readDelivery(words)
		words, tail := s.withoutUnit(words, written)
		number, name := leadingNumber(words)
		switch {
		case number != "" && (s.number == "" || s.number == behind):
			s.number, s.name, s.segment, s.tail = number, strings.Join(name, " "), at, tail
		case s.name == "" && len(words) > 0:
			s.name, s.segment, s.tail = strings.Join(words, " "), at, tail
		}
		if s.number == "" && slices.ContainsFunc(words, func(word string) bool { return hasDigit(word) && !ordinal(word) }) {
			s.number = behind
		}
	}
	s.named = s.box || strings.ContainsFunc(s.name, letterOrFigure)
	return s
}

// spelled is line 1 with the street as it is recorded, and all else as it was written.
func (s *street) spelled(line1, recorded string) string {
	segments := strings.Split(line1, ",")
	if s.segment >= len(segments) {
		return line1
	}
	for at, segment := range segments {
		segments[at] = strings.TrimSpace(segment)
	}
	segments[s.segment] = strings.TrimSpace(recorded + " " + s.tail)
	return strings.Join(segments, ", ")
}

// readDelivery finds boxes and rural routes.
func (s *street) readDelivery(words []string) {
	text := strings.Join(words, " ")
	if text == "GENERAL DELIVERY" {
		s.box = true
	}
	for _, box := range boxes {
		rest, ok := strings.CutPrefix(text+" ", box+" ")
		switch first, _, _ := strings.Cut(rest, " "); {
		case !ok:
		case first == "":
			s.box, s.dangling = true, box
		case isDigit(first[0]) || len(first) == 1:
			s.box = true
		}
	}
	if len(words) > 1 && (words[0] == "RR" || words[0] == "HC") && isDigit(words[1][0]) {
		s.rural = true
		if len(words) < 4 || words[2] != "BOX" {
			s.dangling = "BOX"
		}
	}
}

// withoutUnit is the words before those for a suite or apartment, and these.
func (s *street) withoutUnit(words, written []string) (before []string, unit string) {
	for at, word := range words {
		if s.box || s.rural || !slices.Contains(units, word) {
			continue
		}
		if at+1 == len(words) {
			s.dangling = written[at]
			return words[:at], ""
		}
		if hasDigit(words[at+1]) || len(words[at+1]) == 1 { // and not 120 Ste Catherine Street
			s.unit = true
			return words[:at], strings.ReplaceAll(strings.Join(written[at:], " "), "# ", "#")
		}
	}
	return words, ""
}

// leadingNumber is the house number that the words begin with: 12, 12B, 12-14 or One, and not 5th.
func leadingNumber(words []string) (number string, rest []string) {
	if len(words) == 0 {
		return "", nil
	}
	if numeral, ok := numerals[words[0]]; ok && len(words) > 1 {
		return numeral, words[1:]
	}
	if isDigit(words[0][0]) && !ordinal(words[0]) {
		return words[0], words[1:]
	}
	return "", nil
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func hasDigit(word string) bool { return strings.ContainsAny(word, "0123456789") }

func letterOrFigure(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// ordinal reports whether the word counts streets, or floors, and no houses.
func ordinal(word string) bool {
	for _, ending := range [...]string{"ST", "ND", "RD", "TH"} {
		if digits, ok := strings.CutSuffix(word, ending); ok && digits != "" && strings.Trim(digits, "0123456789") == "" {
			return true
		}
	}
	return false
}
