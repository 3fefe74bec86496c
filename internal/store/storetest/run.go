package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
	"github.com/tenantry/tenantry/internal/token"
)

// Store is what the suite drives: all that a store does.
type Store interface {
	csp.Store
	token.KeyStore
	Claim(ctx context.Context, name, value string) (string, error)
	Claimed(ctx context.Context, name string) (bool, error)
	ForgetCalls(ctx context.Context, age time.Duration) (int, error)
	ForgetGrants(ctx context.Context, age time.Duration) (int, error)
	ForgetAudit(ctx context.Context, age time.Duration) (int, error)
	ForgetDeliveries(ctx context.Context, age time.Duration) (int, error)
	ForgetUserRequests(ctx context.Context, age time.Duration) (int, error)
	Deliveries() <-chan struct{}
	NextDelivery(ctx context.Context) (time.Time, error)
	ClaimDeliveries(ctx context.Context, lease time.Duration, most int) ([]*csp.Delivery, error)
	RecordDelivery(ctx context.Context, delivery *csp.Delivery, due time.Time) error
	ExpireGranularRelationships(ctx context.Context) (int, error)
	ForgetUsers(ctx context.Context, age time.Duration) (int, error)
	DrawTokens(ctx context.Context, bucket string, tokens, burst time.Duration) (full time.Time, err error)
	ForgetBuckets(ctx context.Context) (int, error)
	CountGuess(ctx context.Context, who [16]byte, guess string, at time.Time) (held throttle.Held, counted bool, err error)
	Guesses(ctx context.Context, who [16]byte, at time.Time) (throttle.Held, error)
	ForgiveGuesses(ctx context.Context, who [16]byte) error
	ForgetGuesses(ctx context.Context) (int, error)
	Close() error
}

// Database makes stores for the suite.
type Database struct {
	// Open opens a store on data of its own for each name, the same data again for the same name.
	Open func(t *testing.T, name string, now func() time.Time) Store

	// Forgets says that data is gone when its store is closed.
	Forgets bool
}

// Run holds the database to the contract of its interfaces.
func Run(t *testing.T, database Database) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *suite)
	}{
		{"customer", testCustomer},
		{"isolation", testIsolation},
		{"list", testList},
		{"update", testUpdate},
		{"concurrent updates", testConcurrentUpdates},
		{"end of a relationship", testEndRelationship},
		{"delete", testDelete},
		{"invitation", testInvitation},
		{"consents", testConsents},
		{"granular relationships", testGranular},
		{"granular relationships with a customer that goes", testGranularEnds},
		{"application consents", testApplicationConsents},
		{"replace credential", testReplaceCredential},
		{"further domains", testAddDomain},
		{"documents", testDocuments},
		{"concurrent documents", testConcurrentDocuments},
		{"documents of a partner", testPartnerDocuments},
		{"validation codes", testValidationCodes},
		{"qualify", testQualify},
		{"last uses of a code", testLastUses},
		{"list of a reseller", testListOfReseller},
		{"audit", testAudit},
		{"concurrent audit", testConcurrentAudit},
		{"creation", testCreation},
		{"webhook", testWebhook},
		{"deliveries", testDeliveries},
		{"deliveries of a change", testDeliveriesOfChange},
		{"delivery race", testDeliveryRace},
		{"requests of users", testUserRequests},
		{"domain", testDomain},
		{"ledger", testLedger},
		{"refusals are remembered", testRefusals},
		{"duplicates in flight", testInFlight},
		{"all or nothing", testAllOrNothing},
		{"reseller", testReseller},
		{"limit", testLimit},
		{"partner", testPartner},
		{"partner by MPN id", testPartnerByMPN},
		{"partnerships", testPartnerships},
		{"user", testUser},
		{"users", testUsers},
		{"founder", testFounder},
		{"last administrator", testLastAdministrator},
		{"concurrent users", testConcurrentUsers},
		{"users model", testUsersModel},
		{"forget users", testForgetUsers},
		{"second factor", testSecondFactor},
		{"second factor race", testSecondFactorRace},
		{"end of a second factor", testSecondFactorEnds},
		{"app", testApp},
		{"changes of an app", testChangeApp},
		{"delete an app", testDeleteApp},
		{"enrol", testEnrol},
		{"agreement", testAgreement},
		{"users of partners", testPartnerUsers},
		{"buckets", testBuckets},
		{"bucket race", testBucketRace},
		{"guesses", testGuesses},
		{"guesses of long ago", testGuessesForgiven},
		{"guess race", testGuessRace},
		{"signing key", testSigningKey},
		{"code", testCode},
		{"code redeemed by many", testCodeRace},
		{"device", testDevice},
		{"family", testFamily},
		{"forget grants", testForgetGrants},
		{"claim", testClaim},
		{"forget", testForget},
		{"many writers", testManyWriters},
		{"model", testModel},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, newSuite(t, database))
		})
	}
	if !database.Forgets {
		t.Run("reopen", func(t *testing.T) { testReopen(t, newSuite(t, database)) })
	}
}

// suite is a store with two partners in it, and a clock that a test can move.
type suite struct {
	Store
	database Database
	ids      *csp.IDs
	clock    time.Time
	contoso  *csp.Partner
	fabrikam *csp.Partner
}

func newSuite(t *testing.T, database Database) *suite {
	s := &suite{database: database, ids: &csp.IDs{}, clock: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s.Store = database.Open(t, t.Name(), func() time.Time { return s.clock })
	s.contoso = s.mustPartner(t, "contoso", csp.DirectReseller)
	s.fabrikam = s.mustPartner(t, "fabrikam", csp.IndirectProvider)
	return s
}

func (s *suite) mustPartner(t *testing.T, name string, kind csp.PartnerKind) *csp.Partner {
	t.Helper()
	partner := &csp.Partner{ID: s.ids.New(), Name: name, Domain: name + ".onmicrosoft.com", Kind: kind, Country: "US", MPNID: "4700123", Sandbox: true, AgreementAccepted: true}
	if err := s.CreatePartner(t.Context(), partner); err != nil {
		t.Fatalf("create partner %s: %v", name, err)
	}
	return partner
}

func (s *suite) mustCreate(t *testing.T, creation *csp.Creation) {
	t.Helper()
	recorded, err := s.CreateCustomer(t.Context(), creation)
	if err != nil || recorded != nil {
		t.Fatalf("create customer: got %q, %v, want a new one", recorded, err)
	}
}
