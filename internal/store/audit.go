package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// auditDocument is the part of a record that is never searched. There is one for each customer that was ever made, so that what
// can be told from the row is left out.
type auditDocument struct {
	Operation    partnercenter.OperationType `json:"o"`
	ResourceID   string                      `json:"r,omitzero"` // ownResource: the customer's id
	Partner      string                      `json:"p,omitzero"` // who acted; empty: the reader
	Participants []string                    `json:"w,omitzero"` // none: the reader alone
	CustomerName string                      `json:"m,omitzero"`
	User         string                      `json:"u,omitzero"`
	App          string                      `json:"a,omitzero"`
	Correlation  string                      `json:"c,omitzero"`
	Old          jsontext.Value              `json:"b,omitzero"`
	New          jsontext.Value              `json:"n,omitzero"`
	AsIs         bool                        `json:"i,omitzero"`
}

// ownResource stands for the id of a resource that is the customer itself.
const ownResource = "."

// deed is a change that is to be told of: whose, of what, and to whom.
type deed struct {
	partner  csp.ID // who acted; zero: no partner did
	customer csp.ID
	name     string // of the customer
	readers  []int64
	by       csp.Actor
}

// tell records the change for each reader, and queues for each the events that it wants to hear of. Events lead to the first
// record.
func (db *DB) tell(t *tx, d *deed, outcome *csp.Outcome) error {
	first := make([]string, len(d.readers)) // the path of each reader's record
	readers := make([]csp.ID, 0, len(d.readers))
	for _, n := range d.readers {
		reader, err := db.partnerID(t.row, n)
		if err != nil {
			return err
		}
		readers = append(readers, reader)
	}
	for _, entry := range outcome.Entries() {
		text, err := auditText(d, readers, entry)
		if err != nil {
			return err
		}
		for i, reader := range d.readers {
			values := db.auditValues(d, entry, reader, string(text))
			if err := t.insert(insertAudit, values, nil); err != nil {
				return err
			}
			if first[i] == "" && outcome.Events != nil {
				record := csp.AuditRecord{AuditEntry: *entry, Order: values[0].(int64), Partner: d.partner, Customer: d.customer}
				first[i] = record.Path()
			}
		}
	}
	for i, reader := range d.readers {
		for _, event := range outcome.Events {
			event.AuditPath = first[i]
			if _, err := db.queue(t, reader, db.rows.New(), event); err != nil {
				return err
			}
		}
	}
	return nil
}

var insertAudit = newInsertion(`INSERT INTO audit (n, partner, customer, resource, name, record)`, 6, ``)

// auditValues are the columns of insertAudit, the number of the record first.
func (db *DB) auditValues(d *deed, entry *csp.AuditEntry, reader int64, text string) []any {
	return []any{db.rows.New().Order(), reader, d.customer[:], string(entry.Resource), csp.FoldedName(d.name), text}
}

// auditText is the document of the record that the readers have of the entry.
func auditText(d *deed, readers []csp.ID, entry *csp.AuditEntry) ([]byte, error) {
	document := auditDocument{
		Operation: entry.Operation, ResourceID: entry.ResourceID, Partner: d.partner.String(), CustomerName: d.name,
		User: d.by.User, App: d.by.App, Correlation: d.by.CorrelationID, Old: entry.Old, New: entry.New, AsIs: entry.AsIs,
	}
	if entry.ResourceID == d.customer.String() {
		document.ResourceID = ownResource
	}
	for _, reader := range readers {
		document.Participants = append(document.Participants, reader.String())
	}
	if len(readers) == 1 && document.Participants[0] == document.Partner {
		document.Partner, document.Participants = "", nil
	}
	return json.Marshal(&document)
}

// AuditRecords implements [csp.Store]. It walks the index of the partner, or that of the customer asked for, from the newest on.
func (db *DB) AuditRecords(ctx context.Context, partner csp.ID, query *csp.AuditQuery) ([]*csp.AuditRecord, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	var where strings.Builder
	args := []any{owner.n, query.From, query.Until, query.Size}
	and := func(condition string, arg any) {
		where.WriteString(condition)
		args = append(args, arg)
	}
	switch { // one of them, so that each is $5
	case !query.Customer.IsZero():
		and(` AND customer = $5`, query.Customer[:])
	case query.Resource != "":
		and(` AND resource = $5`, string(query.Resource))
	case query.CompanyName != "":
		and(` AND name LIKE $5 ESCAPE '!'`, "%"+likeLiteral.Replace(csp.FoldedName(query.CompanyName))+"%")
	}
	var records []*csp.AuditRecord
	err = db.each(ctx, `
		SELECT n, customer, resource, record
		FROM audit
		WHERE partner = $1 AND n >= $2 AND n < $3`+where.String()+`
		ORDER BY n DESC
		LIMIT $4`,
		func(row scanner) error {
			record, err := readAudit(row, partner)
			records = append(records, record)
			return err
		}, args...)
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		if err := db.complete(ctx, partner, record); err != nil {
			return nil, err
		}
	}
	return records, nil
}

const creationQuery = `
	SELECT n, customer, resource, record
	FROM audit
	WHERE partner = $1 AND customer = $2
	ORDER BY n
	LIMIT 1`

// Creation implements [csp.Store]. It is the first that a partner reads of a customer.
func (db *DB) Creation(ctx context.Context, partner, customer csp.ID) (*csp.AuditRecord, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	record, err := creation(db.asking(ctx), owner.n, partner, customer)
	if err != nil {
		return nil, err
	}
	return record, db.complete(ctx, partner, record)
}

// creation is the record as it is kept.
func creation(ask asker, owner int64, partner, customer csp.ID) (*csp.AuditRecord, error) {
	record, err := readAudit(ask(creationQuery, owner, customer[:]), partner)
	if err != nil {
		return nil, notFound(err)
	}
	if record.Operation != partnercenter.OperationAddCustomer {
		return nil, csp.ErrNotFound
	}
	return record, nil
}

// complete gives a record the value of a customer that is as it was created.
func (db *DB) complete(ctx context.Context, reader csp.ID, record *csp.AuditRecord) error {
	if !record.AsIs {
		return nil
	}
	customer, gone := db.Customer(ctx, reader, record.Customer)
	// It may have changed since the record was read; then the record has a value now.
	owner, err := db.partner(ctx, reader)
	if err != nil {
		return err
	}
	again, err := creation(db.asking(ctx), owner.n, reader, record.Customer)
	switch {
	case err != nil:
		return err
	case !again.AsIs:
		record.New = again.New
	case gone != nil:
		return gone
	default:
		record.New = customer.CreationValue()
	}
	record.AsIs = false
	return nil
}

// keepCreation gives the records of the customer's creation their value, now that the customer is about to change.
func (db *DB) keepCreation(t *tx, customer csp.ID, holders []int64) error {
	for _, holder := range holders {
		reader, err := db.partnerID(t.row, holder)
		if err != nil {
			return err
		}
		record, err := creation(t.row, holder, reader, customer)
		if errors.Is(err, csp.ErrNotFound) || err == nil && !record.AsIs {
			continue // accepted, not created; or it is kept
		}
		if err != nil {
			return err
		}
		var row customerRow
		if err := row.scan(t.row(customerQuery, holder, customer.Order(), customer[:])); err != nil {
			return err
		}
		created, err := db.customerOf(t.row, reader, customer, row)
		if err != nil {
			return err
		}
		if err := t.keepRecord(holder, record.Order, created.CreationValue()); err != nil {
			return err
		}
	}
	return nil
}

// keepRecord writes the value into a record that has none.
func (t *tx) keepRecord(reader, n int64, value jsontext.Value) error {
	var text []byte
	err := t.row(`
		SELECT record
		FROM audit
		WHERE partner = $1 AND n = $2`,
		reader, n).Scan(&text)
	if err != nil {
		return err
	}
	var document auditDocument
	if err := json.Unmarshal(text, &document); err != nil {
		return err
	}
	document.New, document.AsIs = value, false
	if text, err = json.Marshal(&document); err != nil {
		return err
	}
	return t.exec(`
		UPDATE audit
		SET record = $1
		WHERE partner = $2 AND n = $3`,
		string(text), reader, n)
}

// likeLiteral takes the meaning from what LIKE gives one.
var likeLiteral = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func readAudit(row scanner, reader csp.ID) (*csp.AuditRecord, error) {
	record := &csp.AuditRecord{Partner: reader}
	var customer, text []byte
	if err := row.Scan(&record.Order, &customer, &record.Resource, &text); err != nil {
		return nil, err
	}
	copy(record.Customer[:], customer)
	var document auditDocument
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	return record, document.fill(record)
}

// fill puts the document into the record, whose partner is the reader's so far.
func (d *auditDocument) fill(record *csp.AuditRecord) error {
	record.Operation, record.ResourceID, record.CustomerName = d.Operation, d.ResourceID, d.CustomerName
	record.Old, record.New, record.AsIs = d.Old, d.New, d.AsIs
	record.By = csp.Actor{User: d.User, App: d.App, CorrelationID: d.Correlation}
	if d.ResourceID == ownResource {
		record.ResourceID = record.Customer.String()
	}
	if d.Participants == nil {
		record.Participants = []csp.ID{record.Partner}
	}
	for _, text := range d.Participants {
		participant, err := csp.ParseID(text)
		if err != nil {
			return err
		}
		record.Participants = append(record.Participants, participant)
	}
	if d.Partner == "" {
		return nil
	}
	partner, err := csp.ParseID(d.Partner)
	record.Partner = partner
	return err
}

// ForgetAudit drops the records older than age, and reports how many they were.
func (db *DB) ForgetAudit(ctx context.Context, age time.Duration) (int, error) {
	var readers []int64
	err := db.each(ctx, `
		SELECT n
		FROM partners`,
		func(row scanner) error {
			var n int64
			err := row.Scan(&n)
			readers = append(readers, n)
			return err
		})
	total := 0
	for _, reader := range readers {
		if err != nil {
			break
		}
		var forgotten int
		forgotten, err = db.forget(ctx, age, `
			DELETE FROM audit
			WHERE partner = $3 AND n IN (SELECT n FROM audit WHERE partner = $3 AND n < $1 ORDER BY n LIMIT $2)`,
			reader)
		total += forgotten
	}
	return total, err
}
