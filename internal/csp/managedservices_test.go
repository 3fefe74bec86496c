package csp_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
)

func TestManagedServices(t *testing.T) {
	w := MustWorld(t, inMemory)
	for _, test := range []struct {
		name   string
		change set
		want   []string
	}{
		{"delegated admin", set{}, []string{"Exchange", "MicrosoftCommunicationsOnline"}},
		{"none", set{gdap: true}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			id := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}, test.change).ID)
			services, err := w.ManagedServices(t.Context(), admin(w.direct), id)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, service := range services.Items {
				got = append(got, service.ID)
				want := "https://portal.office.com/Partner/BeginClientSession.aspx?CTID=" + id.String() + "&CSDEST=" + service.ID
				if uri := service.Links.AdminService.URI; uri != want {
					t.Errorf("got %s, want %s", uri, want)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" || services.TotalCount != len(test.want) {
				t.Errorf("got a count of %d, want %d (-want +got):\n%s", services.TotalCount, len(test.want), diff)
			}
		})
	}
}
