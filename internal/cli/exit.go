package cli

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tenantry/tenantry/partnercenter"
)

// The exit codes; the help of the program lists them.
const (
	exitFine        = 0
	exitFailed      = 1 // something went wrong here
	exitUsage       = 2 // the command line is wrong
	exitRefused     = 3 // the service answered with a fault
	exitSignIn      = 4 // the service gave no token
	exitUnreachable = 5 // the service gave no answer
)

// usageError is a command line that cannot be run.
type usageError struct {
	message string
	command string // whose help says more; empty: none
}

func (e usageError) Error() string { return e.message }

// wrong is a usage error of a flag's value.
func wrong(format string, args ...any) error {
	return usageError{message: fmt.Sprintf(format, args...)}
}

// noAnswer is a request that was sent, or was to be sent, and got no answer.
type noAnswer struct{ cause error }

func (e noAnswer) Error() string { return e.cause.Error() }
func (e noAnswer) Unwrap() error { return e.cause }

// report tells the error, once and on stderr, and returns the exit code. No error that gets here quotes a secret.
func (p *program) report(err error) int {
	if err == nil {
		return exitFine
	}
	code, message := told(err)
	fmt.Fprintln(p.stderr, "tenantry: "+message)
	return code
}

// told is the exit code and the words of an error.
func told(err error) (code int, message string) {
	var (
		usage   usageError
		fault   *partnercenter.Fault
		refusal *partnercenter.AuthenticationError
		silence noAnswer
	)
	switch {
	case errors.As(err, &usage):
		return exitUsage, usage.message + hint(usage.command)
	case errors.As(err, &fault):
		return exitRefused, "the service refused: " + fault.Error() + ids(fault)
	case errors.As(err, &refusal):
		return exitSignIn, "sign-in refused: " + refusal.Error()
	case errors.As(err, &silence):
		return exitUnreachable, silence.Error()
	default:
		return exitFailed, err.Error()
	}
}

func hint(command string) string {
	if command == "" {
		return ""
	}
	return "\nSee: " + command + " --help"
}

// ids are what the service's log knows the request by.
func ids(fault *partnercenter.Fault) string {
	if fault.RequestID == "" {
		return ""
	}
	return "\n  MS-RequestId " + fault.RequestID + ", MS-CorrelationId " + fault.CorrelationID
}

// commandOf is the command that the arguments chose, as far as they did.
func commandOf(ctx *kong.Context) string {
	if ctx == nil || ctx.Selected() == nil {
		return "tenantry"
	}
	return ctx.Selected().FullPath()
}

// innermost is a network error without the method, URL and addresses that net/http and net put before it.
func innermost(err error) string {
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	text := err.Error()
	if at := strings.LastIndex(text, "connect: "); at >= 0 {
		text = text[at+len("connect: "):]
	}
	return text
}
