import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.aad.msal4j.AuthorizationCodeParameters;
import com.microsoft.aad.msal4j.AuthorizationRequestUrlParameters;
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.DeviceCodeFlowParameters;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.MsalException;
import com.microsoft.aad.msal4j.MsalInteractionRequiredException;
import com.microsoft.aad.msal4j.OnBehalfOfParameters;
import com.microsoft.aad.msal4j.PublicClientApplication;
import com.microsoft.aad.msal4j.ResponseMode;
import com.microsoft.aad.msal4j.SilentParameters;
import com.microsoft.aad.msal4j.UserAssertion;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What has expired and what was revoked, by msal4j. The server's clock is moved; the program's is not, so it is told to renew. */
public final class Ended {
  private static final ClientCredentialParameters GRAPH = ClientCredentialParameters.builder(Grants.GRAPH).build();
  private static final URI REDIRECT = URI.create("http://localhost:8400");
  private static int people;

  public static void main(String[] args) throws Exception {
    application();
    tokens();
    codes();
    assertions();
    user("POST", "/resetpassword", "AADSTS50173", "AADSTS50126");
    user("DELETE", "", "AADSTS500341", "AADSTS50034");
    keys();
    relationship();
    System.out.println("msal4j: all has ended");
  }

  /** A secret that expires, one that is removed, and an assertion that comes too late. */
  private static void application() throws Exception {
    String secrets = "apps/" + Grants.env("APP") + "/secrets";
    String brief = administer("POST", secrets, "{\"expires\": \"" + Instant.now().plusSeconds(3600) + "\"}");
    String removed = administer("POST", secrets, "{}");
    Grants.works(Grants.get(() -> web(brief).acquireToken(GRAPH)));
    Grants.works(Grants.get(() -> web(removed).acquireToken(GRAPH)));
    pass("2h");
    Grants.refused("AADSTS7000222", () -> web(brief).acquireToken(GRAPH));
    administer("DELETE", secrets + "/" + member("id", removed), "");
    Grants.refused("AADSTS7000215", () -> web(removed).acquireToken(GRAPH));
    var certified = Grants.certified("KEY");
    Grants.refused("AADSTS700024", () -> Grants.confidential("CERT_APP", certified).acquireToken(GRAPH));
  }

  private static void tokens() throws Exception {
    PublicClientApplication desktop = Grants.desktop(Grants.env("TENANT"));
    IAuthenticationResult first = Grants.get(() -> desktop.acquireToken(Grants.password(Grants.env("USER_PASSWORD"))));
    Grants.works(first);
    pass("2h");
    Grants.works(first, 401);
    Grants.works(Grants.get(() -> silently(desktop, first)));
    pass("2184h");
    Grants.refused("AADSTS700082", MsalInteractionRequiredException.class, () -> silently(desktop, first));
  }

  private static void codes() throws Exception {
    PublicClientApplication desktop = Grants.desktop(Grants.env("TENANT"));
    ConfidentialClientApplication web = web();
    AuthorizationCodeParameters redeem = code(web);
    pass("11m");
    Grants.refused("AADSTS70008", MsalInteractionRequiredException.class, () -> web.acquireToken(redeem));
    Grants.refused("AADSTS70020", () -> desktop.acquireToken(DeviceCodeFlowParameters.builder(Grants.API, device -> pass("16m")).build()));
  }

  private static void assertions() throws Exception {
    PublicClientApplication desktop = Grants.desktop(Grants.env("TENANT"));
    IAuthenticationResult signedIn = Grants.get(() -> desktop.acquireToken(Grants.password(Grants.env("USER_PASSWORD"))));
    UserAssertion called = called(desktop, signedIn);
    pass("2h");
    Grants.refused("AADSTS500133", () -> web().acquireToken(OnBehalfOfParameters.builder(Grants.API, called).build()));
  }

  /** What a user granted ends with the user, or its password, however it is redeemed. */
  private static void user(String method, String call, String granted, String again) throws Exception {
    String made = administer("POST", "partners/" + Grants.env("TENANT") + "/users", "{\"name\": \"person" + ++people + "\", \"agents\": [\"AdminAgents\"]}");
    String name = member("user", made);
    String password = "Chosen-Passw0rd-" + people;
    Grants.browse(Grants.env("TENANTRY_ORIGIN") + "/account", "username", name, "password", member("password", made),
        "current", member("password", made), "new", password, "again", password);
    PublicClientApplication desktop = Grants.desktop(Grants.env("TENANT"));
    ConfidentialClientApplication web = web();
    IAuthenticationResult signedIn = Grants.get(() -> desktop.acquireToken(Grants.password(name, password)));
    UserAssertion called = called(desktop, signedIn);
    AuthorizationCodeParameters redeem = code(web, "username", name, "password", password);
    pass("1m");
    administer(method, "users/" + name + call, "");
    Grants.refused(granted, MsalInteractionRequiredException.class, () -> silently(desktop, signedIn));
    Grants.refused(granted, MsalInteractionRequiredException.class, () -> web.acquireToken(redeem));
    Grants.refused(granted, MsalInteractionRequiredException.class, () -> web.acquireToken(OnBehalfOfParameters.builder(Grants.API, called).build()));
    Grants.refused(again, MsalException.class, () -> Grants.desktop(Grants.env("TENANT")).acquireToken(Grants.password(name, password)));
  }

  private static void keys() throws Exception {
    PublicClientApplication desktop = Grants.desktop(Grants.env("TENANT"));
    IAuthenticationResult first = Grants.get(() -> desktop.acquireToken(Grants.password(Grants.env("USER_PASSWORD"))));
    administer("POST", "keys/rotate", "{\"revoke\": true}");
    Grants.works(first, 401);
    Grants.works(Grants.get(() -> silently(desktop, first)));
  }

  private static void relationship() throws Exception {
    PublicClientApplication desktop = Grants.desktop(Grants.env("TENANT"));
    IAuthenticationResult signedIn = Grants.get(() -> desktop.acquireToken(Grants.password(Grants.env("USER_PASSWORD"))));
    Grants.get(() -> Grants.atTenant(desktop, signedIn, Grants.env("ENDING")));
    call("PATCH", "/v1/customers/" + Grants.env("ENDING"), signedIn.accessToken(), "{\"relationshipToPartner\": \"none\", \"attributes\": {\"objectType\": \"Customer\"}}");
    Grants.refused("AADSTS700016", () -> Grants.atTenant(desktop, signedIn, Grants.env("ENDING")));
  }

  private static java.util.concurrent.CompletableFuture<IAuthenticationResult> silently(PublicClientApplication client, IAuthenticationResult signedIn)
      throws Exception {
    return client.acquireTokenSilently(SilentParameters.builder(Grants.API, signedIn.account()).forceRefresh(true).build());
  }

  private static UserAssertion called(PublicClientApplication desktop, IAuthenticationResult signedIn) throws Exception {
    Set<String> own = Set.of("api://" + Grants.env("APP") + "/access");
    return new UserAssertion(Grants.get(() -> desktop.acquireTokenSilently(SilentParameters.builder(own, signedIn.account()).build())).accessToken());
  }

  private static ConfidentialClientApplication web() throws Exception {
    return Grants.confidential("APP", ClientCredentialFactory.createFromSecret(Grants.env("SECRET")));
  }

  /** The web application with the secret that an answer has. */
  private static ConfidentialClientApplication web(String answer) throws Exception {
    return Grants.confidential("APP", ClientCredentialFactory.createFromSecret(member("secret", answer)));
  }

  private static AuthorizationCodeParameters code(ConfidentialClientApplication web, String... typed) {
    String url = web.getAuthorizationRequestUrl(
        AuthorizationRequestUrlParameters.builder(REDIRECT.toString(), Grants.API).responseMode(ResponseMode.QUERY).build()).toString();
    Matcher code = Pattern.compile("[?&]code=([^&]+)").matcher(Grants.browse(url, typed));
    Grants.check(code.find(), "no code");
    return AuthorizationCodeParameters.builder(code.group(1), REDIRECT).scopes(Grants.API).build();
  }

  /** Moves the server's clock. */
  private static void pass(String by) {
    administer("POST", "clock/advance", "{\"by\": \"" + by + "\"}");
  }

  private static String administer(String method, String path, String body) {
    return call(method, "/_tenantry/admin/" + path, Grants.env("ADMIN_KEY"), body);
  }

  private static String call(String method, String path, String bearer, String body) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(Grants.env("TENANTRY_HTTP") + path)).header("Authorization", "Bearer " + bearer)
        .method(method, HttpRequest.BodyPublishers.ofString(body, UTF_8)).build();
    try {
      var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      Grants.check(answer.statusCode() == 200, path + ": " + answer.body());
      return answer.body();
    } catch (java.io.IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }

  /** A text of a JSON object. */
  private static String member(String name, String json) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    Grants.check(found.find(), "no " + name + " in the answer");
    return found.group(1);
  }

  private Ended() {}
}
