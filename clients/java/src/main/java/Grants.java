import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.aad.msal4j.AuthorizationCodeParameters;
import com.microsoft.aad.msal4j.AuthorizationRequestUrlParameters;
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.DeviceCodeFlowParameters;
import com.microsoft.aad.msal4j.HttpResponse;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.IClientCredential;
import com.microsoft.aad.msal4j.IHttpResponse;
import com.microsoft.aad.msal4j.MsalException;
import com.microsoft.aad.msal4j.OnBehalfOfParameters;
import com.microsoft.aad.msal4j.PublicClientApplication;
import com.microsoft.aad.msal4j.RefreshTokenParameters;
import com.microsoft.aad.msal4j.ResponseMode;
import com.microsoft.aad.msal4j.SilentParameters;
import com.microsoft.aad.msal4j.UserAssertion;
import com.microsoft.aad.msal4j.UserNamePasswordParameters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** msal4j, told where the server is and nothing else. */
public final class Grants {
  static final Set<String> API = Set.of("https://api.partnercenter.microsoft.com/user_impersonation");
  static final Set<String> GRAPH = Set.of("https://graph.windows.net/.default");

  interface Acquire {
    CompletableFuture<IAuthenticationResult> start() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    secret();
    certificate();
    users();
    signIn();
    System.out.println("msal4j: all is well");
  }

  private static void secret() throws Exception {
    ClientCredentialParameters graph = ClientCredentialParameters.builder(GRAPH).build();
    works(get(() -> confidential("APP", ClientCredentialFactory.createFromSecret(env("SECRET"))).acquireToken(graph)));
    refused("AADSTS7000215", () -> confidential("APP", ClientCredentialFactory.createFromSecret("wrong")).acquireToken(graph));
  }

  private static void certificate() throws Exception {
    ClientCredentialParameters graph = ClientCredentialParameters.builder(GRAPH).build();
    IClientCredential good = certified("KEY");
    IClientCredential wrong = certified("WRONG_KEY");
    works(get(() -> confidential("CERT_APP", good).acquireToken(graph)));
    refused("AADSTS700027", () -> confidential("CERT_APP", wrong).acquireToken(graph));
    refused("AADSTS700027", () -> confidential("APP", good).acquireToken(graph));
  }

  static IClientCredential certified(String key) throws Exception {
    try (var in = new ByteArrayInputStream(Files.readAllBytes(Path.of(env("CERT"))))) {
      X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      return ClientCredentialFactory.createFromCertificate(key(key), certificate);
    }
  }

  private static void users() throws Exception {
    PublicClientApplication desktop = desktop(env("TENANT"));
    IAuthenticationResult signedIn = get(() -> desktop.acquireToken(password(env("USER_PASSWORD"))));
    works(signedIn);
    works(get(() -> desktop("organizations").acquireToken(password(env("USER_PASSWORD")))));
    refused("AADSTS50126", () -> desktop(env("TENANT")).acquireToken(password("wrong")));

    IAuthenticationResult graph = get(() -> desktop.acquireTokenSilently(SilentParameters.builder(GRAPH, signedIn.account()).build()));
    check(!graph.accessToken().equals(signedIn.accessToken()), "one token for two resources");
    works(get(() -> desktop.acquireTokenSilently(SilentParameters.builder(API, signedIn.account()).forceRefresh(true).build())));
    get(() -> atTenant(desktop, signedIn, env("CUSTOMER")));
    get(() -> atTenant(desktop, signedIn, env("ENDING")));
    endDelegatedAdmin(signedIn);
    refused("AADSTS50020", () -> atTenant(desktop, signedIn, env("ENDING")));
    refused("AADSTS70000", () -> desktop.acquireToken(RefreshTokenParameters.builder(API, "1.x").build()));

    Set<String> own = Set.of("api://" + env("APP") + "/access");
    IAuthenticationResult called = get(() -> desktop.acquireTokenSilently(SilentParameters.builder(own, signedIn.account()).build()));
    ConfidentialClientApplication middle = confidential("APP", ClientCredentialFactory.createFromSecret(env("SECRET")));
    works(get(() -> middle.acquireToken(OnBehalfOfParameters.builder(API, new UserAssertion(called.accessToken())).build())));
    refused("AADSTS50013", () -> middle.acquireToken(OnBehalfOfParameters.builder(API, new UserAssertion(signedIn.accessToken())).build()));
  }

  /** A person with a browser signs in: by a code with PKCE, and for a device. */
  private static void signIn() throws Exception {
    PublicClientApplication desktop = desktop(env("TENANT"));
    String verifier = "v".repeat(43);
    String challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(UTF_8)));
    URI redirect = URI.create("http://localhost:8400");
    URL url = desktop.getAuthorizationRequestUrl(
        AuthorizationRequestUrlParameters.builder(redirect.toString(), API).codeChallenge(challenge).codeChallengeMethod("S256")
            .responseMode(ResponseMode.QUERY).build());
    Matcher code = Pattern.compile("[?&]code=([^&]+)").matcher(browse(url.toString()));
    check(code.find(), "no code");
    AuthorizationCodeParameters.AuthorizationCodeParametersBuilder redeem = AuthorizationCodeParameters.builder(code.group(1), redirect).scopes(API);
    refused("AADSTS9002325", () -> desktop.acquireToken(redeem.build()));
    redeem.codeVerifier(verifier);
    IAuthenticationResult signedIn = get(() -> desktop.acquireToken(redeem.build()));
    works(signedIn);
    refused("AADSTS54005", () -> desktop.acquireToken(redeem.build()));
    refused("AADSTS50173", () -> desktop.acquireTokenSilently(SilentParameters.builder(GRAPH, signedIn.account()).build()));

    works(get(() -> desktop.acquireToken(DeviceCodeFlowParameters.builder(API, device -> browse(device.verificationUri(), "code", device.userCode())).build())));
  }

  /** Where a browser ends that opens the address, and types into the fields that are named before each text. */
  static String browse(String url, String... typed) {
    StringBuilder form = new StringBuilder("url=" + URLEncoder.encode(url, UTF_8));
    for (int i = 0; i < typed.length; i += 2) {
      form.append('&').append(typed[i]).append('=').append(URLEncoder.encode(typed[i + 1], UTF_8));
    }
    HttpRequest request = HttpRequest.newBuilder(URI.create(env("BROWSER"))).header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form.toString())).build();
    try {
      var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      check(answer.statusCode() == 200, answer.body());
      return answer.body();
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }

  static CompletableFuture<IAuthenticationResult> atTenant(PublicClientApplication client, IAuthenticationResult signedIn, String tenant)
      throws Exception {
    return client.acquireTokenSilently(
        SilentParameters.builder(GRAPH, signedIn.account()).authorityUrl(authority(tenant)).forceRefresh(true).build());
  }

  private static void endDelegatedAdmin(IAuthenticationResult signedIn) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(env("TENANTRY_HTTP") + "/v1/customers/" + env("ENDING")))
        .header("Authorization", "Bearer " + signedIn.accessToken())
        .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"allowDelegatedAccess\": false, \"attributes\": {\"objectType\": \"Customer\"}}"))
        .build();
    check(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode() == 200, "delegated admin does not end");
  }

  static UserNamePasswordParameters password(String password) {
    return password(env("USER_NAME"), password);
  }

  static UserNamePasswordParameters password(String name, String password) {
    return UserNamePasswordParameters.builder(API, name, password.toCharArray()).build();
  }

  static ConfidentialClientApplication confidential(String app, IClientCredential credential) throws Exception {
    return ConfidentialClientApplication.builder(env(app), credential).authority(authority(env("TENANT"))).instanceDiscovery(false).httpClient(Grants::send).build();
  }

  static PublicClientApplication desktop(String tenant) throws Exception {
    return PublicClientApplication.builder(env("PUBLIC_APP")).authority(authority(tenant)).instanceDiscovery(false).httpClient(Grants::send).build();
  }

  private static String authority(String tenant) {
    return env("TENANTRY_ORIGIN") + "/" + tenant + "/";
  }

  /** Sends what is meant for https://localhost, without a port, to the server's: msal4j drops the port when it renews tokens. */
  private static IHttpResponse send(com.microsoft.aad.msal4j.HttpRequest asked) throws Exception {
    URI url = asked.url().toURI();
    if (url.getPort() < 0) {
      url = URI.create(env("TENANTRY_ORIGIN") + url.getRawPath() + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()));
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(url).method(
        asked.httpMethod().name(), asked.body() == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(asked.body()));
    asked.headers().forEach(request::header);
    var got = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    HttpResponse answer = new HttpResponse();
    answer.statusCode(got.statusCode());
    answer.body(got.body());
    answer.addHeaders(got.headers().map());
    return answer;
  }

  static PrivateKey key(String name) throws Exception {
    String text = Files.readString(Path.of(env(name))).replaceAll("-----[A-Z ]+-----|\\s", "");
    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
  }

  static IAuthenticationResult get(Acquire acquire) throws Exception {
    return acquire.start().get(60, TimeUnit.SECONDS);
  }

  static void works(IAuthenticationResult result) throws Exception {
    works(result, 200);
  }

  static void works(IAuthenticationResult result, int status) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(env("TENANTRY_HTTP") + "/v1/customers/" + env("CUSTOMER")))
        .header("Authorization", "Bearer " + result.accessToken())
        .build();
    var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    check(answer.statusCode() == status, answer.body());
  }

  static void refused(String code, Acquire acquire) throws Exception {
    refused(code, MsalException.class, acquire);
  }

  static void refused(String code, Class<? extends MsalException> kind, Acquire acquire) throws Exception {
    try {
      get(acquire);
    } catch (ExecutionException failed) {
      check(kind.isInstance(failed.getCause()) && failed.getCause().getMessage().contains(code), failed.getCause() + ", no " + kind + " with " + code);
      return;
    }
    throw new AssertionError("not refused with " + code);
  }

  static void check(boolean ok, String otherwise) {
    if (!ok) {
      throw new AssertionError(otherwise);
    }
  }

  static String env(String name) {
    return System.getenv(name);
  }

  private Grants() {}
}
