package csp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tenantry/tenantry/partnercenter"
)

// MFAReports say which calls of a partner's users were made without a second factor. Partner Center docs:
// get-portal-requests-without-mfa, get-api-request-summary, get-api-request-details.
type MFAReports struct {
	Store Store
	Log   *UserRequestLog // is written before it is read
	Now   func() time.Time
}

// What the reports hold.
const (
	UserRequestsKept = 7 * auditDay
	maxUserRequests  = 10_000
)

// wireTime is how the reports write times.
const wireTime = "2006-01-02T15:04:05.0000000Z"

// DayAdoption is the calls of a day with an application.
type DayAdoption struct {
	Day              time.Time
	App              string
	Compliant, Total int
}

// Lapse is when a user last called without a second factor.
type Lapse struct {
	User     ID
	UserName string
	Last     time.Time
}

// NonCompliant are the users who called without a second factor.
func (s *MFAReports) NonCompliant(ctx context.Context, caller *Caller) (*partnercenter.Collection[partnercenter.NonMFACompliantPrincipal], error) {
	if err := s.open(ctx, caller); err != nil {
		return nil, err
	}
	lapses, err := s.Store.Lapses(ctx, caller.Partner.ID)
	if err != nil {
		return nil, err
	}
	var principals []partnercenter.NonMFACompliantPrincipal
	for _, lapse := range lapses {
		principals = append(principals, partnercenter.NonMFACompliantPrincipal{
			ObjectID: lapse.User.String(), TenantID: caller.Partner.ID.String(), UPN: lapse.UserName,
			LastNonMFACompliantRequestDateTime: lapse.Last.Format(wireTime),
		})
	}
	return partnercenter.CollectionOf(principals), nil
}

// Adoption is how many calls there were on each of the days with each application; zero is no bound.
func (s *MFAReports) Adoption(ctx context.Context, caller *Caller, start, end time.Time) ([]partnercenter.MFAAdoption, error) {
	if err := s.open(ctx, caller); err != nil {
		return nil, err
	}
	if end.IsZero() {
		end = s.Now()
	}
	if end.Before(start) {
		return nil, partnercenter.ErrMalformedQuery.With(fmt.Sprintf("The endDate must not lie before the startDate, %s.", start.Format(time.DateOnly)), "endDate")
	}
	days, err := s.Store.Adoption(ctx, caller.Partner.ID, start, end)
	if err != nil {
		return nil, err
	}
	adoption := []partnercenter.MFAAdoption{}
	for _, day := range days {
		name, err := s.appName(ctx, day.App)
		if err != nil {
			return nil, err
		}
		adoption = append(adoption, partnercenter.MFAAdoption{
			LoginDate: day.Day.Format(time.DateOnly), MFACompliantRequestCount: day.Compliant, TotalRequestCount: day.Total,
			ApplicationID: day.App, ApplicationName: name,
		})
	}
	return adoption, nil
}

// appName is the name of an application, empty for one that is registered nowhere here.
func (s *MFAReports) appName(ctx context.Context, id string) (string, error) {
	client, err := ParseID(id)
	if err != nil {
		return "", nil
	}
	app, err := s.Store.App(ctx, client)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return app.Name, nil
}

// Requests are the calls of the last seven days, the newest first.
func (s *MFAReports) Requests(ctx context.Context, caller *Caller) (*partnercenter.Collection[partnercenter.PartnerRequest], error) {
	if err := s.open(ctx, caller); err != nil {
		return nil, err
	}
	found, err := s.Store.UserRequests(ctx, caller.Partner.ID, s.Now().Add(-UserRequestsKept), maxUserRequests)
	if err != nil {
		return nil, err
	}
	var requests []partnercenter.PartnerRequest
	for _, request := range found {
		requests = append(requests, partnercenter.PartnerRequest{
			RequestID: request.RequestID, CorrelationID: request.CorrelationID, OperationName: request.Operation,
			RequestDateTime: request.At.Format(wireTime), SourceIPAddress: request.Address,
			ObjectID: request.UserID, TenantID: caller.Partner.ID.String(), UPN: request.UserName,
			ApplicationID: request.App, MFACompliant: request.MFA,
		})
	}
	return partnercenter.CollectionOf(requests), nil
}

// open lets in who may read the reports, and brings them up to date.
func (s *MFAReports) open(ctx context.Context, caller *Caller) error {
	if err := caller.mustBe("read the reports on multi-factor authentication", AdminAgents); err != nil {
		return err
	}
	return s.Log.Flush(ctx)
}
