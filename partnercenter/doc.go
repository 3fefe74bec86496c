// Package partnercenter is the Partner Center customers API as a contract: its wire types, the catalogue of its faults,
// and a client for it.
//
// The types are written once and used by both ends. A Tenantry server answers with them, the [Client] decodes into
// them, and a fault that the server returns is the very variable that errors.Is finds on the client's side:
//
//	_, err := client.Customers.Create(ctx, customer, nil)
//	if errors.Is(err, partnercenter.ErrDomainTaken) { … }
//
// The package owns names, shapes and order of what goes over the wire. It knows nothing of how a server keeps it.
package partnercenter
