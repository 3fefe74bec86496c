package csp

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/partnercenter"
)

// kindUsageBudget is the kind of the document that holds a customer's budget. There is none without a budget.
const kindUsageBudget = "usagebudget"

// UsageBudget is the spending budget of a customer of the caller's.
func (s *Customers) UsageBudget(ctx context.Context, caller *Caller, id ID) (*partnercenter.SpendingBudget, error) {
	documents, err := s.Store.Documents(ctx, caller.Partner.ID, id, kindUsageBudget)
	if err != nil {
		return nil, err
	}
	amount, err := budgetOf(documents)
	if err != nil {
		return nil, err
	}
	return spendingBudget(id, amount), nil
}

// budgetOf is the amount in the document, or nil.
func budgetOf(documents []Document) (amount *float64, err error) {
	for _, document := range documents {
		if err := json.Unmarshal(document.Text, &amount); err != nil {
			return nil, fmt.Errorf("read the budget: %w", err)
		}
	}
	return amount, nil
}

// UpdateUsageBudget gives a customer of the caller's the amount as its budget. The amount is the JSON of the request, because
// what is no number gets the same answer as what is a wrong one; null or nothing is no budget.
func (s *Customers) UpdateUsageBudget(ctx context.Context, caller *Caller, id ID, amount jsontext.Value, call Call) (*partnercenter.SpendingBudget, error) {
	if err := caller.mustBe("change budgets", AdminAgents, SalesAgents); err != nil {
		return nil, err
	}
	wanted, err := parseAmount(amount)
	if err != nil {
		return nil, err
	}
	budget := spendingBudget(id, wanted)
	answer, err := json.Marshal(budget)
	if err != nil {
		return nil, err
	}
	var documents []Document
	if wanted != nil {
		text, err := json.Marshal(*wanted)
		if err != nil {
			return nil, err
		}
		documents = []Document{{ID: kindUsageBudget, Text: text}}
	}
	recorded, err := s.Store.ChangeDocuments(ctx, caller.Partner.ID, id, call, kindUsageBudget, func(before []Document) ([]Document, Outcome, error) {
		amount, err := budgetOf(before)
		if err != nil {
			return nil, Outcome{}, err
		}
		old, err := json.Marshal(spendingBudget(id, amount))
		if err != nil {
			return nil, Outcome{}, err
		}
		return documents, Outcome{Answer: answer, Audit: &AuditEntry{
			Operation: partnercenter.OperationUpdateCustomerSpendingBudget, Resource: partnercenter.AuditCustomer, Old: old, New: answer,
		}}, nil
	})
	if err != nil {
		return nil, err
	}
	return answered(recorded, budget)
}

func parseAmount(text jsontext.Value) (*float64, error) {
	if len(text) == 0 || text.Kind() == 'n' {
		return nil, nil
	}
	var amount float64
	why := ""
	switch err := json.Unmarshal(text, &amount); {
	case text.Kind() != '0':
		why = "is not a number"
	case err != nil:
		why = "is too large"
	case amount < 0:
		why = "is negative"
	}
	if why != "" {
		return nil, partnercenter.ErrInvalidProperty.With("", violations{{"amount",
			quoted(string(text)) + " " + why + "; give a number that is not negative, for example 250.5, or null for no budget"}}.data()...)
	}
	amount = max(amount, 0) // JSON has a zero below zero
	return &amount, nil
}

// spendingBudget is a budget as it is answered. The docs' sample has self among its links; the SDKs have no links.
func spendingBudget(customer ID, amount *float64) *partnercenter.SpendingBudget {
	return &partnercenter.SpendingBudget{
		Amount:     amount,
		Links:      partnercenter.LinkTo("/customers/" + customer.String() + "/usagebudget"),
		Attributes: &partnercenter.ResourceAttributes{ObjectType: "SpendingBudget"},
	}
}
