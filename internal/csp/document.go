package csp

// Document is something small that is kept beside a customer or a partner, of which a kind has few: an agreement, a budget.
type Document struct {
	ID   string // of those of the kind; they are kept in its order
	Text []byte // JSON
}
