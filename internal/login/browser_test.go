package login_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// browse is a real browser. Without one the test is skipped, but never in CI: .ci/browser installs one there.
func browse(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no chromium; run .ci/browser")
		}
		t.Skip("there is no chromium; run .ci/browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.DisableGPU, chromedp.WindowSize(900, 1000))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // chromium refuses to run as root with one
	}
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	must(t, chromedp.Do(ctx, chromedp.Navigate("about:blank")))
	ctx, giveUp := context.WithTimeout(ctx, 5*time.Minute) // of the actions; the browser has started
	t.Cleanup(giveUp)
	return ctx
}

// act runs the actions; what fails shows the page.
func act(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		page, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		at, _ := chromedp.Run(page, chromedp.Location()) // the failure says more than that of these
		text, _ := chromedp.Run(page, chromedp.Text("body"))
		t.Fatalf("%v\nat %s: %s", err, at, text)
	}
}

// heading waits for the page with the heading.
func heading(text string) chromedp.Action[chromedp.Void] {
	return chromedp.WaitVisible(`//h1[normalize-space()="` + text + `"]`)
}

// picture keeps what the page looks like, in the directory that TENANTRY_SCREENSHOTS names.
func picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("TENANTRY_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	must(t, err)
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

// TestBrowserInvitation goes the whole way of a customer's administrator, by keyboard alone and without scripts: from the
// partner's link over the first password to the relationship.
func TestBrowserInvitation(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.serve())
	t.Cleanup(server.Close)
	ctx := browse(t)
	name, first := w.signIn()
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	must(t, err)
	act(t, ctx, chromedp.Navigate(server.URL+w.invite(fabrikam)), heading("Sign in"))
	picture(t, ctx, "sign-in")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.KeyEvent(name), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("wrong"+kb.Enter), chromedp.WaitVisible(`[role=alert]`))
	picture(t, ctx, "sign-in-wrong")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.KeyEvent(first+kb.Enter), heading("Choose a new password"))
	picture(t, ctx, "change-password")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.KeyEvent(first+kb.Tab+"short"+kb.Tab+"other"+kb.Enter), chromedp.WaitVisible(`[role=alert]`))
	picture(t, ctx, "change-password-wrong")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.KeyEvent(first+kb.Tab+goodPassword+kb.Tab+goodPassword+kb.Enter), heading("A partner asks for a relationship"))
	picture(t, ctx, "invitation")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.KeyEvent(kb.Tab+kb.Tab+kb.Enter), chromedp.WaitVisible(`//p[contains(., "is a reseller of")]`))
	picture(t, ctx, "invitation-accepted")
	wantAccessible(t, ctx)
	if _, err := w.db.Customer(t.Context(), fabrikam, csp.MustParseID(w.customer.ID)); err != nil {
		t.Errorf("after accepting: %v", err)
	}
}

// TestBrowserPages looks at the pages in the five languages, dark and on a telephone.
func TestBrowserPages(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.serve())
	t.Cleanup(server.Close)
	ctx := browse(t)
	dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark})
	must(t, err)
	act(t, ctx, chromedp.EmulateViewport(360, 740))
	for language, title := range map[string]string{"en": "Sign in", "nl": "Aanmelden", "de": "Anmelden", "fr": "Se connecter", "es": "Iniciar sesión"} {
		act(t, ctx, chromedp.Navigate(server.URL+w.invite(fabrikam)+"&mkt="+language), heading(title))
		picture(t, ctx, "dark-sign-in-"+language)
		wantAccessible(t, ctx)
	}
	name, first := w.signIn()
	fill := chromedp.Steps(
		chromedp.SendKeys("#username", name), chromedp.SendKeys("#password", first+kb.Enter), heading("Neues Kennwort wählen"),
	)
	act(t, ctx, chromedp.Navigate(server.URL+w.invite(fabrikam)+"&mkt=de"), heading("Anmelden"), fill)
	picture(t, ctx, "dark-change-password-de")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.KeyEvent(first+kb.Tab+goodPassword+kb.Tab+goodPassword+kb.Enter), heading("Ein Partner bittet um eine Beziehung"))
	picture(t, ctx, "dark-invitation-de")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.Click(`button[value=decline]`), chromedp.WaitVisible(`//p[contains(., "Sie haben abgelehnt")]`))
	if _, err := w.db.Customer(t.Context(), fabrikam, csp.MustParseID(w.customer.ID)); !errors.Is(err, partnercenter.ErrNoRelationship) {
		t.Errorf("after declining: %v", err)
	}
	act(t, ctx, chromedp.Navigate(server.URL+"/account?prompt=login"), heading("Sign in"),
		chromedp.SendKeys("#username", megan), chromedp.SendKeys("#password", chosenPassword+kb.Enter), heading("Your account"))
	picture(t, ctx, "dark-account")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.Navigate(server.URL+"/account"), heading("Choose an account"))
	picture(t, ctx, "dark-accounts")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.Navigate(server.URL+"/account?login_hint="+url.QueryEscape(megan)), heading("Your account"),
		chromedp.Click(`button[value=sign-out]`), heading("You are signed out"))
	act(t, ctx, chromedp.Navigate(server.URL+csp.InvitationPath), heading("This did not work"))
	picture(t, ctx, "dark-error")
	wantAccessible(t, ctx)
}

// TestBrowserAuthorize signs in to an application on this machine, in every mode, and sees the answer arrive: the policy of the
// pages lets their forms lead there, and the only script run.
func TestBrowserAuthorize(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.serve())
	t.Cleanup(server.Close)
	app := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		answer.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(answer, "<h1>%s %t %s</h1>", r.Method, strings.HasPrefix(r.FormValue("code"), "1."), html.EscapeString(r.FormValue("state")))
	}))
	t.Cleanup(app.Close)
	redirect := strings.Replace(app.URL, "127.0.0.1", "localhost", 1) + "/"
	ctx := browse(t)
	to := func(changes ...string) chromedp.Action[chromedp.Void] {
		return chromedp.Navigate(server.URL + authorizeV2 + "?" + asking(append([]string{"redirect_uri", redirect, "state", "s & t"}, changes...)...).Encode())
	}
	act(t, ctx, to(), heading("Sign in"), chromedp.KeyEvent(megan+kb.Tab+chosenPassword+kb.Enter), heading("Allow access?"))
	picture(t, ctx, "consent")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.Click(`button[value=allow]`), heading("GET true s & t"))
	act(t, ctx, to("prompt", "login", "response_mode", "form_post"), heading("Sign in"), chromedp.KeyEvent(megan+kb.Tab+chosenPassword+kb.Enter), heading("POST true s & t"))
	act(t, ctx, to("response_mode", "fragment"), heading("GET false"))
	at, err := chromedp.Run(ctx, chromedp.Location())
	if must(t, err); !strings.HasPrefix(at, redirect+"#code=") {
		t.Errorf("fragment: got %s", at)
	}
	act(t, ctx, to("prompt", "consent"), heading("Allow access?"), chromedp.Click(`button[value=refuse]`), heading("GET false s & t"))
	_, err = chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	must(t, err)
	act(t, ctx, to("response_mode", "form_post"), heading("One moment"))
	picture(t, ctx, "form-post")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.Click("button"), heading("POST true s & t"))
}

// TestBrowserSecondFactor sets up a second factor and signs in with it, by keyboard alone and without scripts; then it looks at
// the pages in the other languages, dark and on a telephone.
func TestBrowserSecondFactor(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.serve())
	t.Cleanup(server.Close)
	ctx := browse(t)
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	must(t, err)
	act(t, ctx, chromedp.Navigate(server.URL+"/account/second-factor"), heading("Sign in"), chromedp.KeyEvent(megan+kb.Tab+chosenPassword+kb.Enter), heading("Set up a second factor"))
	picture(t, ctx, "enrol")
	wantAccessible(t, ctx)
	drawn, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(i => i.complete && i.naturalWidth > 0)(document.querySelector('img.qr'))`))
	if must(t, err); !drawn {
		t.Error("the picture does not show")
	}
	secret, err := chromedp.Run(ctx, chromedp.Text(".secret"))
	must(t, err)
	act(t, ctx, chromedp.SendKeys("#otp", "12345"+kb.Enter), chromedp.WaitVisible(`[role=alert]`))
	picture(t, ctx, "enrol-wrong")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.SendKeys("#otp", codeOf(t, secret, w.Now())+kb.Enter), heading("Your second factor is set up"))
	picture(t, ctx, "enrolled")
	wantAccessible(t, ctx)

	act(t, ctx, chromedp.Navigate(server.URL+"/account?prompt=login"), heading("Sign in"), chromedp.KeyEvent(megan+kb.Tab+chosenPassword+kb.Enter), heading("Enter your code"))
	picture(t, ctx, "second-factor")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.KeyEvent(codeOf(t, secret, w.Now())+kb.Enter), chromedp.WaitVisible(`//*[@role="alert" and contains(., "used already")]`))
	picture(t, ctx, "second-factor-used")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.KeyEvent(codeOf(t, secret, w.Now().Add(30*time.Second))+kb.Enter), heading("Your account"))

	dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark})
	must(t, err)
	act(t, ctx, chromedp.EmulateViewport(360, 740))
	for language, titles := range map[string][3]string{
		"nl": {"Aanmelden", "Vul je code in", "Stel een tweede factor in"}, "de": {"Anmelden", "Geben Sie Ihren Code ein", "Zweiten Faktor einrichten"},
		"fr": {"Se connecter", "Saisissez votre code", "Configurer un second facteur"}, "es": {"Iniciar sesión", "Escriba su código", "Configurar un segundo factor"},
	} {
		page := server.URL + "/account/second-factor?prompt=login&mkt=" + language
		act(t, ctx, chromedp.Navigate(page), heading(titles[0]), chromedp.KeyEvent(megan+kb.Tab+chosenPassword+kb.Enter), heading(titles[1]))
		picture(t, ctx, "dark-second-factor-"+language)
		wantAccessible(t, ctx)
		act(t, ctx, chromedp.Navigate(page), heading(titles[0]), chromedp.KeyEvent(bo+kb.Tab+chosenPassword+kb.Enter), heading(titles[2]))
		picture(t, ctx, "dark-enrol-"+language)
		wantAccessible(t, ctx)
	}
}

// TestBrowserDevice types the code of a device, by keyboard alone and without scripts.
func TestBrowserDevice(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.serve())
	t.Cleanup(server.Close)
	device := w.startDevice(t, "organizations")
	ctx := browse(t)
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	must(t, err)
	act(t, ctx, chromedp.Navigate(server.URL+"/devicelogin"), heading("Sign in on another device"), chromedp.KeyEvent("wrong"+kb.Enter), chromedp.WaitVisible(`[role=alert]`))
	picture(t, ctx, "device-code")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.Navigate(server.URL+"/devicelogin"), heading("Sign in on another device"), chromedp.KeyEvent(device.UserCode+kb.Enter), heading("Sign in"),
		chromedp.KeyEvent(megan+kb.Tab+chosenPassword+kb.Enter), heading("Are you signing in on your device?"))
	picture(t, ctx, "device")
	wantAccessible(t, ctx)
	act(t, ctx, chromedp.KeyEvent(kb.Tab+kb.Tab+kb.Enter), chromedp.WaitVisible(`//p[contains(., "You have signed in to Desktop")]`))
	w.Now = func() time.Time { return start.Add(10 * time.Second) }
	if got := w.poll(t, "organizations", device); got.AccessToken == "" {
		t.Errorf("after allowing: got %s, want a token", got.Error)
	}
}

// flaws looks for what keeps people out: a page without language, title or single heading; fields without a label, a name for
// password managers or a problem that the summary links to; text that is hard to tell from its ground (WCAG 1.4.3), targets that
// are too small (2.5.8), and pages wider than the window.
const flaws = `(() => {
	const found = [];
	const root = document.documentElement;
	if (!root.lang) found.push('no language');
	if (!document.title) found.push('no title');
	if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
	if (document.querySelectorAll('main').length !== 1) found.push('not one main');
	if (root.scrollWidth > root.clientWidth) found.push('wider than the window');
	const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
	if (new Set(ids).size !== ids.length) found.push('an id twice');
	for (const input of document.querySelectorAll('input:not([type=hidden])')) {
		if (!input.labels.length) found.push('no label: ' + input.name);
		if (!input.autocomplete) found.push('no autocomplete: ' + input.name);
		for (const id of (input.getAttribute('aria-describedby') || '').split(' ').filter(Boolean))
			if (!document.getElementById(id)) found.push('described by nothing: ' + id);
		if (input.getAttribute('aria-invalid') && !document.querySelector('.problems a[href="#' + input.id + '"]')) found.push('no link to the problem: ' + input.name);
	}
	for (const link of document.querySelectorAll('.problems a'))
		if (!document.querySelector(link.getAttribute('href'))) found.push('a link to nothing: ' + link.textContent);
	for (const target of document.querySelectorAll('button, input:not([type=hidden])'))
		if (target.getBoundingClientRect().height < 24) found.push('too small: ' + (target.name || target.textContent));
	const numbers = color => color.match(/[\d.]+/g).map(Number);
	const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
	const ground = e => { for (; e; e = e.parentElement) { const c = numbers(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
	for (const e of document.querySelectorAll('body *')) {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.tagName !== 'INPUT') continue;
		if (e.type === 'hidden') continue;
		const [a, b] = [light(numbers(getComputedStyle(e).color)), light(ground(e))];
		const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < 4.5) found.push('contrast ' + ratio.toFixed(1) + ': ' + e.textContent.trim().slice(0, 30));
	}
	return found.join('; ');
})()`

func wantAccessible(t *testing.T, ctx context.Context) {
	t.Helper()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](flaws))
	must(t, err)
	title, err := chromedp.Run(ctx, chromedp.Title())
	must(t, err)
	if found != "" {
		t.Errorf("%s: %s", strings.TrimSpace(title), found)
	}
}
