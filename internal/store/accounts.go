package store

import (
	"strconv"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// A partner that a customer accepted has an account of the customer that is its own: billing profile, agreements, budget. The
// partner that created the customer has the first one, whose number is 0. What is the tenant's own is in none of them: domains,
// users, qualifications.

// openAccount makes an account of the customer. It begins with what the customer is known as.
func (t *tx) openAccount(customer, account int64) error {
	return t.exec(`
		INSERT INTO accounts (customer, account, name, profile)
		SELECT n, CAST($2 AS BIGINT), name, profile
		FROM tenants
		WHERE n = $1
		ON CONFLICT (customer, account) DO UPDATE
		SET name = excluded.name, profile = excluded.profile`,
		customer, account)
}

// closeAccount drops what is in the account.
func (t *tx) closeAccount(customer, account int64) error {
	if account == 0 {
		return nil
	}
	err := t.exec(`
		DELETE FROM accounts
		WHERE customer = $1 AND account = $2`,
		customer, account)
	if err != nil {
		return err
	}
	return t.exec(`
		DELETE FROM documents
		WHERE customer = $1 AND kind LIKE $2`,
		customer, "%"+accountSuffix(account))
}

// accountKind is the kind as documents of the account have it. A qualification is the tenant's.
func accountKind(kind string, account int64) string {
	if account == 0 || kind == csp.KindQualification {
		return kind
	}
	return kind + accountSuffix(account)
}

func accountSuffix(account int64) string { return "@" + strconv.FormatInt(account, 10) }

// readAccount puts the profile of the row's account into the customer, who has the tenant's so far.
func readAccount(ask asker, row *customerRow, customer *csp.Customer) error {
	if row.account == 0 {
		return nil
	}
	var text string
	err := ask(`
		SELECT profile
		FROM accounts
		WHERE customer = $1 AND account = $2`,
		customer.ID.Order(), row.account).Scan(&text)
	if err != nil {
		return err
	}
	domains := customer.CustomDomains
	customer.Customer = partnercenter.Customer{}
	if err := readProfile(text, &customer.Customer); err != nil {
		return err
	}
	customer.CustomDomains = domains
	return nil
}

// saveProfile keeps the customer's profile where the account has it.
func (t *tx) saveProfile(row *customerRow, customer *csp.Customer) error {
	name := customer.BillingProfile.CompanyName
	if row.account == 0 {
		return t.exec(`
			UPDATE tenants
			SET name = $1, profile = $2
			WHERE n = $3`,
			name, string(customer.Profile().AppendJSON(nil)), row.n)
	}
	if err := t.saveDomains(row, customer); err != nil {
		return err
	}
	own := customer.Profile()
	own.CustomDomains = nil
	return t.exec(`
		UPDATE accounts
		SET name = $1, profile = $2
		WHERE customer = $3 AND account = $4`,
		name, string(own.AppendJSON(nil)), row.n, row.account)
}

// saveDomains keeps the further domains, which stand in the tenant's profile for all accounts.
func (t *tx) saveDomains(row *customerRow, customer *csp.Customer) error {
	tenant := csp.Customer{}
	if err := readProfile(row.profile, &tenant.Customer); err != nil {
		return err
	}
	if strings.Join(tenant.CustomDomains, " ") == strings.Join(customer.CustomDomains, " ") {
		return nil
	}
	tenant.CustomDomains = customer.CustomDomains
	return t.exec(`
		UPDATE tenants
		SET profile = $1
		WHERE n = $2`,
		string(tenant.Profile().AppendJSON(nil)), row.n)
}
