// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.net.httpserver.HttpServer;
import dev.streampane.results.BesideQuarkus;
import dev.streampane.results.ServiceProcess;
import io.restassured.path.json.JsonPath;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens of a real issuer, shown to the packaged service. */
@Tag("native")
@BesideQuarkus
class OidcIT {

    private static final String JOB = "/api/v1/windows?job=a";
    private static final Instant NOW = Instant.now();

    @TempDir
    static Path folder;

    private static Issuer issuer;
    private static ServiceProcess service;

    /** Answers nothing but 503. */
    private static HttpServer away;

    private static final AtomicInteger ASKED = new AtomicInteger();

    /** One whose issuer is away. */
    private static ServiceProcess alone;

    @BeforeAll
    static void start() throws IOException {
        issuer = new Issuer();
        service = start(issuer.url(), Map.of());
        away = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        away.createContext("/", exchange -> {
            ASKED.incrementAndGet();
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        away.start();
        alone = start(
                "http://127.0.0.1:" + away.getAddress().getPort(),
                Map.of("results.limits.burst", "20", "results.limits.requests-per-second", "1"));
        service.awaitListening();
        alone.awaitListening();
    }

    @AfterAll
    static void stop() {
        alone.close();
        away.stop(0);
        service.close();
        issuer.close();
    }

    @Test
    void shouldLetAValidTokenInAsFarAsItsScopesReach() {
        String text = signed(claims().claim("scope", "openid read:a profile"));
        String list = signed(claims().claim("scope", List.of("openid", "read:a")));
        for (String token : List.of(text, list)) {
            assertThat(status(JOB, token)).as(service.log()).isEqualTo(503);
            assertThat(status("/api/v1/windows?job=b", token)).isEqualTo(403);
            assertThat(status("/api/v1/audit", token)).isEqualTo(403);
        }
        String admin = signed(claims().claim("scope", "admin"));
        assertThat(status("/api/v1/audit", admin)).isEqualTo(503);
        assertThat(status(JOB, signed(claims()))).isEqualTo(403);
        assertThat(status(JOB, signed(claims().claim("scope", 7)))).isEqualTo(403);
        assertThat(status("/api/v1/alerts", signed(claims()))).isEqualTo(403);
    }

    @Test
    void shouldTellThePageWhereToLogIn() {
        HttpResponse<String> told = service.get("/page/login");
        assertThat(told.statusCode()).as(service.log()).isEqualTo(200);
        assertThat(JsonPath.from(told.body()).<String, String>getMap(""))
                .containsOnly(
                        Map.entry("authorize", issuer.url() + "/auth"),
                        Map.entry("token", issuer.url() + "/token"),
                        Map.entry("client", "page"),
                        Map.entry("scope", "openid"));
        assertThat(policy(service)).endsWith("connect-src 'self' " + issuer.url());
        assertThat(service.send("POST", "/page/login").statusCode()).isEqualTo(405);
    }

    @Test
    void shouldLetATokenInThatNeverEnds() {
        String token = signed(claims().expiresAt(Long.MAX_VALUE).claim("scope", "read:*"));
        assertThat(status("/api/v1/jobs", token)).isEqualTo(503); // there is no broker
    }

    @Test
    void shouldGiveNoTicketToATokenThatMayReadNothing() {
        String token = signed(claims().claim("scope", "openid"));
        assertThat(service.send("POST", "/api/v1/tickets", "Authorization", "Bearer " + token)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void shouldGiveATicketThatEndsWithTheToken() {
        String token = signed(claims().claim("scope", "read:a"));
        HttpResponse<String> answer = service.send("POST", "/api/v1/tickets", "Authorization", "Bearer " + token);
        assertThat(answer.statusCode()).isEqualTo(201);
        String ticket = JsonPath.from(answer.body()).getString("ticket");
        assertThat(service.get("/api/v1/stream?ticket=" + ticket).statusCode()).isEqualTo(503);
        assertThat(service.get("/api/v1/stream?ticket=" + ticket).statusCode()).isEqualTo(401);
    }

    /** It says all that its owner may read, in the stream's request line. */
    @Test
    void shouldOpenAStreamByTheTicketOfATokenWithManyScopes() {
        // Given
        List<String> scopes = IntStream.range(0, 200)
                .mapToObj(i -> "read:weather-average/berlin-%03d*".formatted(i))
                .toList();
        String token = signed(claims().claim("scope", scopes));
        String ticket = JsonPath.from(service.send("POST", "/api/v1/tickets", "Authorization", "Bearer " + token)
                        .body())
                .getString("ticket");

        // When
        HttpResponse<String> answer = service.get("/api/v1/stream?ticket=" + ticket);

        // Then
        assertThat(ticket).hasSizeGreaterThan(8_192);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    }

    static Stream<Arguments> refused() {
        String valid = signed(claims().claim("scope", "admin"));
        String[] parts = valid.split("\\.");
        String none = base64("{\"alg\":\"none\",\"typ\":\"JWT\"}");
        return Stream.of(
                arguments("JWT alg none", none + "." + parts[1] + "."),
                arguments("JWT alg none with signature", none + "." + parts[1] + "." + parts[2]),
                arguments(
                        "JWT alg HS256 with the public key",
                        base64("{\"alg\":\"HS256\",\"kid\":\"key-1\"}") + "." + parts[1] + "." + parts[2]),
                arguments("JWT without signature", parts[0] + "." + parts[1] + "."),
                arguments("JWT with another body", parts[0] + "." + base64("{\"scope\":\"admin\"}") + "." + parts[2]),
                arguments(
                        "JWT of a foreign key",
                        claims().claim("scope", "admin")
                                .jws()
                                .keyId(Issuer.KID)
                                .sign(Issuer.newKeys().getPrivate())),
                arguments("JWT wrong aud", signed(claims().audience("others"))),
                arguments("JWT wrong iss", signed(claims().issuer("http://evil.example"))),
                arguments(
                        "JWT expired",
                        signed(claims().issuedAt(NOW.minusSeconds(600)).expiresAt(NOW.minusSeconds(300)))),
                arguments(
                        "JWT nbf in future",
                        signed(claims().claim("nbf", NOW.plusSeconds(3_600).getEpochSecond()))),
                arguments(
                        "JWT kid path traversal",
                        claims().jws().keyId("../../../etc/passwd").sign(issuer.key())),
                arguments(
                        "JWT kid that is a URL",
                        claims().jws().keyId(issuer.url() + "/evil").sign(issuer.key())),
                arguments(
                        "JWT with a jku of its own",
                        claims().jws()
                                .keyId("other")
                                .header("jku", issuer.url() + "/evil")
                                .sign(issuer.key())),
                arguments("JWT empty", ""),
                arguments("JWT garbage", "garbage"),
                arguments("JWT of dots", ".."),
                arguments("JWT without subject", signed(claims().subject(" "))),
                arguments("JWT opaque", "b3BhcXVl"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void shouldRefuse(String name, String token) {
        // When
        HttpResponse<String> answer = service.get(JOB, "Authorization", "Bearer " + token);
        // Then
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
                .startsWith("Bearer realm=\"streampane\"");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(JsonPath.from(answer.body()).getString("type")).isEqualTo("/problems/unauthorized");
        assertThat(answer.body()).doesNotContain("Exception", "jose", "JWT");
        assertThat(issuer.asked()).noneMatch(path -> path.contains("evil"));
    }

    @Test
    void shouldRefuseATokenThatHeadersHaveNoRoomFor() {
        String token = signed(claims().claim("x", "x".repeat(25_000)));
        HttpResponse<String> answer = service.get(JOB, "Authorization", "Bearer " + token);
        assertThat(answer.statusCode()).isEqualTo(431);
        assertThat(answer.body()).contains("/problems/headers-too-large");
    }

    @Test
    void shouldRefuseTwoTokensAndOtherSchemes() {
        String token = signed(claims().claim("scope", "admin"));
        String bearer = "Bearer " + token;
        assertThat(service.get(JOB, "Authorization", bearer, "Authorization", bearer)
                        .statusCode())
                .isEqualTo(401);
        assertThat(service.get(JOB, "Authorization", "Basic " + token).statusCode())
                .isEqualTo(401);
        assertThat(service.get(JOB, "X-API-Key", token).statusCode()).isEqualTo(401);
        assertThat(service.get(JOB).statusCode()).isEqualTo(401);
    }

    @Test
    void shouldSayThatTheIssuerIsAwayAndNotThatTheTokenIsBad() {
        String token = signed(claims().claim("scope", "admin"));
        HttpResponse<String> answer = alone.get(JOB, "Authorization", "Bearer " + token);
        assertThat(answer.statusCode()).as(answer.body() + alone.log()).isEqualTo(503);
        assertThat(answer.body()).contains("/problems/issuer-unavailable");
        assertThat(answer.headers().firstValue("Retry-After")).contains("5");
        assertThat(alone.get("/page/login").statusCode()).isEqualTo(204);
        assertThat(policy(alone)).endsWith("connect-src 'self'");

        // When: somebody asks on and on
        int asked = ASKED.get();
        List<Integer> answers = IntStream.range(0, 50)
                .mapToObj(i -> alone.get(JOB, "Authorization", "Bearer a.b.c").statusCode())
                .toList();
        // Then: the issuer is not asked as often, nor is the log written
        assertThat(answers).startsWith(503).contains(429).containsOnly(503, 429);
        assertThat(ASKED.get() - asked).as(alone.log()).isLessThan(5);
        assertThat(alone.log().lines().filter(line -> line.contains("Tokens cannot be verified")))
                .hasSize(1);
    }

    private static ServiceProcess start(String issuer, Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(others);
        settings.put("results.security.profile", "oidc");
        settings.put("results.security.page-client-id", "page");
        settings.put("quarkus.oidc.auth-server-url", issuer);
        return new ServiceProcess(folder, settings).start();
    }

    private static String policy(ServiceProcess service) {
        return service.get("/").headers().firstValue("Content-Security-Policy").orElse("");
    }

    private static int status(String path, String token) {
        return service.get(path, "Authorization", "Bearer " + token).statusCode();
    }

    private static JwtClaimsBuilder claims() {
        return Jwt.issuer(issuer.url())
                .subject("someone")
                .audience("streampane")
                .issuedAt(NOW)
                .expiresIn(Duration.ofMinutes(10));
    }

    private static String signed(JwtClaimsBuilder claims) {
        return claims.jws().keyId(Issuer.KID).sign(issuer.key());
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
