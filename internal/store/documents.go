package store

import (
	"context"

	"github.com/tenantry/tenantry/internal/csp"
)

// Documents implements [csp.Store].
func (db *DB) Documents(ctx context.Context, partner, customer csp.ID, kind string) (documents []csp.Document, err error) {
	row, err := db.customerRow(ctx, partner, customer)
	if err != nil {
		return nil, err
	}
	err = db.each(ctx, documentsQuery, readDocument(&documents), customer.Order(), accountKind(kind, row.account))
	return documents, err
}

const documentsQuery = `
	SELECT id, document
	FROM documents
	WHERE customer = $1 AND kind = $2
	ORDER BY id`

// readDocument reads a row onto the documents.
func readDocument(documents *[]csp.Document) func(scanner) error {
	return func(row scanner) error {
		var document csp.Document
		if err := row.Scan(&document.ID, &document.Text); err != nil {
			return err
		}
		*documents = append(*documents, document)
		return nil
	}
}

// ChangeDocuments implements [csp.Store].
func (db *DB) ChangeDocuments(ctx context.Context, partner, customer csp.ID, call csp.Call, kind string, change func([]csp.Document) ([]csp.Document, csp.Outcome, error)) ([]byte, error) {
	return db.changeCustomer(ctx, partner, customer, call, func(t *tx, row *customerRow) (csp.Outcome, error) {
		return t.changeDocuments(row.n, accountKind(kind, row.account), change)
	})
}

// changeDocuments writes what the change made another, of the tenant with the number.
func (t *tx) changeDocuments(tenant int64, kind string, change func([]csp.Document) ([]csp.Document, csp.Outcome, error)) (csp.Outcome, error) {
	before, err := t.documents(tenant, kind)
	if err != nil {
		return csp.Outcome{}, err
	}
	now := textsOf(before)
	after, outcome, err := change(before)
	if err != nil {
		return csp.Outcome{}, err
	}
	return outcome, t.putDocuments(tenant, kind, now, after)
}

// textsOf is the texts of the documents by their ids. It is made before a change, which may use the documents up.
func textsOf(documents []csp.Document) map[string]string {
	texts := make(map[string]string, len(documents))
	for _, document := range documents {
		texts[document.ID] = string(document.Text)
	}
	return texts
}

// putDocuments puts the documents in the place of those of the kind that are there now.
func (t *tx) putDocuments(customer int64, kind string, now map[string]string, after []csp.Document) error {
	for _, document := range after {
		text, kept := now[document.ID]
		delete(now, document.ID) // what remains has no place in the new ones
		if kept && text == string(document.Text) {
			continue
		}
		err := t.exec(`
			INSERT INTO documents (customer, kind, id, document)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (customer, kind, id) DO UPDATE
			SET document = excluded.document`,
			customer, kind, document.ID, string(document.Text))
		if err != nil {
			return err
		}
	}
	for id := range now {
		err := t.exec(`
			DELETE FROM documents
			WHERE customer = $1 AND kind = $2 AND id = $3`,
			customer, kind, id)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) documents(customer int64, kind string) (documents []csp.Document, err error) {
	err = t.each(documentsQuery, readDocument(&documents), customer, kind)
	return documents, err
}

// PartnerDocuments implements [csp.Store].
func (db *DB) PartnerDocuments(ctx context.Context, partner csp.ID, kind string) (documents []csp.Document, err error) {
	err = db.eachOf(ctx, partner, documentsQuery, readDocument(&documents), kind)
	return documents, err
}

// ChangePartnerDocuments implements [csp.Store]. A partner's documents are under its number, which no customer has.
func (db *DB) ChangePartnerDocuments(ctx context.Context, partner csp.ID, call csp.Call, kind string, change func([]csp.Document) ([]csp.Document, csp.Outcome, error)) ([]byte, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	return db.once(ctx, call, func(t *tx) ([]byte, error) {
		outcome, err := t.changeDocuments(owner.n, kind, change)
		if err != nil {
			return nil, err
		}
		return outcome.Answer, db.tell(t, &deed{partner: partner, readers: []int64{owner.n}, by: call.By}, &outcome)
	})
}
