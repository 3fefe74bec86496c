package csp_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

func day(text string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestAuditWindow(t *testing.T) {
	audit := &csp.Audit{Now: func() time.Time { return day("2026-03-31 15:30") }}
	for _, test := range []struct {
		name, start, end string
		from, until      string
		wantErr          string
	}{
		{"nothing said", "", "", "2026-03-01 00:00", "2026-04-01 15:30", ""},
		{"a start", "2026-03-10 00:00", "", "2026-03-10 00:00", "2026-04-10 00:00", ""},
		{"a start long ago", "2026-01-10 00:00", "", "2026-01-10 00:00", "2026-02-10 00:00", ""},
		{"an end", "", "2026-03-10 00:00", "2026-02-09 00:00", "2026-03-11 00:00", ""},
		{"one day", "2026-03-10 00:00", "2026-03-10 00:00", "2026-03-10 00:00", "2026-03-11 00:00", ""},
		{"hours", "2026-03-10 08:00", "2026-03-10 09:30", "2026-03-10 08:00", "2026-03-10 09:30", ""},
		{"thirty days", "2026-03-01 00:00", "2026-03-31 00:00", "2026-03-01 00:00", "2026-04-01 00:00", ""},
		{"the oldest day", "2025-12-31 00:00", "2026-01-01 00:00", "2025-12-31 00:00", "2026-01-02 00:00", ""},
		{"too old", "2025-12-30 00:00", "2026-01-01 00:00", "", "", "90 days back; ask for 2025-12-31 or later"},
		{"too many", "2026-02-01 00:00", "2026-03-10 00:00", "", "", "more than 30; ask for less at once, for example until 2026-03-03"},
		{"backward", "2026-03-10 00:00", "2026-03-08 00:00", "", "", "must not lie before the startDate, 2026-03-10"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var days csp.AuditDays
			if test.start != "" {
				days.Start = day(test.start)
			}
			if test.end != "" {
				days.End = day(test.end)
			}
			var query csp.AuditQuery
			err := audit.Window(&query, days)
			if test.wantErr != "" {
				if !errors.Is(err, partnercenter.ErrMalformedQuery) || !strings.Contains(err.Error(), test.wantErr) {
					t.Errorf("got %v, want %s", err, test.wantErr)
				}
				return
			}
			if err != nil || query.From != csp.OrderAt(day(test.from)) || query.Until != csp.OrderAt(day(test.until)) {
				t.Errorf("got %v to %v, %v, want %s to %s", csp.TimeOf(query.From), csp.TimeOf(query.Until), err, test.from, test.until)
			}
		})
	}
}

// TestAuditOfChanges makes every change there is: each has its record, whose id leads back to it, and a refused or repeated one
// has none.
func TestAuditOfChanges(t *testing.T) {
	w := MustWorld(t, inMemory)
	audit := &csp.Audit{Store: w.db, Now: w.Now}
	ctx, caller := t.Context(), admin(w.sandbox)
	call := newCall(caller)
	call.By = csp.Actor{User: "admin@partner.example", App: "app", CorrelationID: "correlation"}
	created := w.MustCreate(t, caller, call, set{domain: "kestrel.onmicrosoft.com"})
	if _, err := w.create(t, caller, call, set{domain: "kestrel.onmicrosoft.com"}); err != nil {
		t.Fatal(err)
	}
	id := csp.MustParseID(created.ID)
	if _, err := w.UpdateUsageBudget(ctx, caller, id, jsontext.Value(`1.5`), csp.Call{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.UpdateUsageBudget(ctx, caller, id, jsontext.Value(`-1`), csp.Call{}); err == nil {
		t.Fatal("a negative budget was taken")
	}
	profile := w.MustGet(t, caller, created.ID).BillingProfile
	profile.CompanyName = "Other"
	if _, err := w.UpdateBillingProfile(ctx, caller, id, csp.ETag{}, profile, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	no := false
	for range 2 { // the second time there is nothing to end
		if _, err := w.Patch(ctx, caller, id, &partnercenter.Customer{AllowDelegatedAccess: &no}, csp.Call{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Delete(ctx, caller, id, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Delete(ctx, caller, id, csp.Call{}); !errors.Is(err, partnercenter.ErrTenantNotFound) {
		t.Fatal(err)
	}

	page, err := audit.Records(ctx, caller, &csp.AuditQuery{Until: 1<<63 - 1})
	if err != nil || page.Next != nil {
		t.Fatalf("records: %v, %v", page, err)
	}
	want := []partnercenter.OperationType{
		partnercenter.OperationDeleteCustomer,
		partnercenter.OperationDAPAdminRelationshipTerminated,
		partnercenter.OperationUpdateCustomerBillingProfile,
		partnercenter.OperationUpdateCustomerSpendingBudget,
		partnercenter.OperationAddCustomer,
	}
	if len(page.Items) != len(want) {
		t.Fatalf("got %d records, want %d", len(page.Items), len(want))
	}
	for i, record := range page.Items {
		if record.OperationType != want[i] || record.CustomerID != created.ID || record.OperationStatus != "succeeded" {
			t.Errorf("record %d: got %+v, want %s", i, record, want[i])
		}
		alone, err := audit.Record(ctx, caller, strings.ToUpper(record.ID))
		if err != nil || alone == nil || alone.ID != record.ID {
			t.Errorf("record %s by its id: got %+v, %v", record.ID, alone, err)
		}
		if other, err := audit.Record(ctx, admin(w.other), record.ID); err != nil || other != nil {
			t.Errorf("record %s for somebody else: got %+v, %v, want none", record.ID, other, err)
		}
	}
	first := page.Items[len(want)-1]
	if first.UserPrincipalName != "admin@partner.example" || first.ApplicationID != "app" || first.OriginalCorrelationID != "correlation" {
		t.Errorf("actor: got %+v", first)
	}
	if strings.Contains(first.ResourceNewValue, created.UserCredentials.Password) || !strings.Contains(first.ResourceNewValue, `"UserCredentials":{"userName":"admin","password":""}`) {
		t.Errorf("new value: got %s, want a blank password", first.ResourceNewValue)
	}
	if renamed := page.Items[2]; !strings.Contains(renamed.ResourceOldValue, `"CompanyName":"`+created.BillingProfile.CompanyName) || !strings.Contains(renamed.ResourceNewValue, `"CompanyName":"Other"`) {
		t.Errorf("values of a changed profile: got %s and %s", renamed.ResourceOldValue, renamed.ResourceNewValue)
	}
	if _, err := audit.Records(ctx, user(w.sandbox, csp.HelpdeskAgents), &csp.AuditQuery{Until: 1}); !errors.Is(err, partnercenter.ErrNotAllowed) {
		t.Errorf("records for a helpdesk agent: got %v, want %v", err, partnercenter.ErrNotAllowed)
	}
}

// TestAuditPages walks the records in pages of every size: each once, in their order.
func TestAuditPages(t *testing.T) {
	const records = 7
	w := MustWorld(t, inMemory)
	audit := &csp.Audit{Store: w.db, Now: w.Now}
	for range records {
		w.MustCreate(t, admin(w.direct), csp.Call{})
	}
	for size := 1; size <= records+1; size++ {
		query := &csp.AuditQuery{Until: 1<<63 - 1, Size: size}
		var last string
		found := 0
		for query != nil {
			page, err := audit.Records(t.Context(), admin(w.direct), query)
			if err != nil || len(page.Items) > size {
				t.Fatalf("page of %d: got %d, %v", size, len(page.Items), err)
			}
			for _, record := range page.Items {
				if last != "" && record.OperationDate >= last {
					t.Errorf("%s comes after %s, want the newest first", record.OperationDate, last)
				}
				last = record.OperationDate
				found++
			}
			query = page.Next
		}
		if found != records {
			t.Errorf("pages of %d hold %d records, want %d", size, found, records)
		}
	}
}

// TestAuditRecordID asks by anything that is no id.
func TestAuditRecordID(t *testing.T) {
	w := MustWorld(t, inMemory)
	audit := &csp.Audit{Store: w.db, Now: w.Now}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-f0-9-]{0,40}_[a-z]{0,9}_-?[0-9]{0,22}`)).Draw(t, "id")
		if record, err := audit.Record(t.Context(), admin(w.direct), id); err != nil || record != nil {
			t.Errorf("%q: got %+v, %v, want none", id, record, err)
		}
	})
}
