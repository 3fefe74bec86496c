package login

import "net/http"

// accountPage is where somebody signs in who comes from no application: a new administrator, to choose a password.
func (h *Handler) accountPage(v *visit) error {
	who, err := v.signedIn(&wanted{})
	if who == nil || err != nil {
		return err
	}
	if v.step() == stepSignOut {
		if err := v.checkForm(who); err != nil {
			return err
		}
		v.leave()
		return v.message(http.StatusOK, nil, v.T("signedout.title"), v.T("signedout.text"))
	}
	return (&page{visit: v, Name: "account", Title: v.T("account.title"), Account: who}).show()
}

// secondFactorPage lets somebody enrol a second factor who need not.
func (h *Handler) secondFactorPage(v *visit) error {
	who, err := v.signedIn(&wanted{factor: true})
	if who == nil || err != nil {
		return err
	}
	return v.message(http.StatusOK, who, v.T("factor.there"), v.T("factor.there.text"))
}

// passwordPage lets somebody change a password who need not.
func (h *Handler) passwordPage(v *visit) error {
	want := &wanted{changed: "/account"}
	who, err := v.signedIn(want)
	if who == nil || err != nil {
		return err
	}
	return v.showChangePassword(want, changing{UserName: who.user.PrincipalName})
}
