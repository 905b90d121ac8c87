// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An OpenID Connect provider for browsers: a page with one link, codes with PKCE that are good once, tokens and their renewal. */
final class LoginProvider implements AutoCloseable {

    static final String CLIENT = "streampane-page";

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final KeyPair keys;
    private final String scope;
    private final Duration life;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final List<String> renewals = new CopyOnWriteArrayList<>();
    private volatile boolean away;

    /** Whoever logs in may read {@code scope} for {@code life}. */
    LoginProvider(String scope, Duration life) throws IOException, GeneralSecurityException {
        this.scope = scope;
        this.life = life;
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
        RSAPublicKey key = (RSAPublicKey) keys.getPublic();
        answer("/.well-known/openid-configuration", exchange -> """
                {"issuer":"%1$s","jwks_uri":"%1$s/jwks","token_endpoint":"%1$s/token","authorization_endpoint":"%1$s/authorize?from=discovery",
                 "subject_types_supported":["public"],"response_types_supported":["code"],"id_token_signing_alg_values_supported":["RS256"]}
                """.formatted(url()));
        answer("/jwks", exchange -> """
                {"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"1","n":"%s","e":"%s"}]}
                """.formatted(base64(key.getModulus()), base64(key.getPublicExponent())));
        answer("/authorize", this::authorize);
        answer("/token", this::token);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** How often a token was renewed. */
    int renewals() {
        return renewals.size();
    }

    /** Whether the token endpoint fails. */
    void setAway(boolean isAway) {
        away = isAway;
    }

    private String authorize(HttpExchange exchange) {
        Map<String, String> asked = parameters(exchange.getRequestURI().getRawQuery());
        assertThat(asked)
                .containsEntry("from", "discovery")
                .containsEntry("response_type", "code")
                .containsEntry("client_id", CLIENT)
                .containsEntry("code_challenge_method", "S256")
                .containsKeys("redirect_uri", "state", "code_challenge");
        assertThat(asked.get("scope")).contains("openid");
        exchange.getResponseHeaders().set("Content-Type", "text/html");
        String code = "code-" + codes.size();
        codes.put(code, asked);
        String back =
                asked.get("redirect_uri") + "?code=" + code + "&state=" + URLEncoder.encode(asked.get("state"), UTF_8);
        String refused = asked.get("redirect_uri") + "?error=access_denied&state="
                + URLEncoder.encode(asked.get("state"), UTF_8);
        return "<!doctype html><a id=yes href='" + back + "'>I am Ada</a> <a id=no href='" + refused + "'>Cancel</a>";
    }

    private String token(HttpExchange exchange) throws IOException, GeneralSecurityException {
        Map<String, String> asked =
                parameters(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        if (away) {
            throw new IllegalStateException("away");
        }
        assertThat(asked).containsEntry("client_id", CLIENT);
        if (asked.get("grant_type").equals("refresh_token")) {
            assertThat(asked.get("refresh_token")).isEqualTo("again-" + renewals.size());
            renewals.add(asked.get("refresh_token"));
        } else {
            Map<String, String> given = codes.remove(asked.get("code"));
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(asked.get("code_verifier").getBytes(UTF_8));
            assertThat(base64(hash)).isEqualTo(given.get("code_challenge"));
            assertThat(asked).containsEntry("grant_type", "authorization_code");
            assertThat(asked.get("redirect_uri")).isEqualTo(given.get("redirect_uri"));
        }
        return """
                {"access_token":"%s","token_type":"Bearer","expires_in":%d,"refresh_token":"again-%d"}
                """.formatted(accessToken(), life.toSeconds(), renewals.size());
    }

    private String accessToken() throws GeneralSecurityException {
        Instant now = Instant.now();
        String text = Stream.of("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"1\"}", """
                        {"iss":"%s","sub":"ada","aud":"streampane","scope":"openid %s","iat":%d,"exp":%d,"jti":"%s"}
                        """.formatted(
                                url(),
                                scope,
                                now.getEpochSecond(),
                                now.plus(life).getEpochSecond(),
                                HexFormat.of().toHexDigits(now.getNano())))
                .map(part -> base64(part.getBytes(UTF_8)))
                .collect(Collectors.joining("."));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(keys.getPrivate());
        signature.update(text.getBytes(UTF_8));
        return text + "." + base64(signature.sign());
    }

    private interface Answer {
        String to(HttpExchange exchange) throws IOException, GeneralSecurityException;
    }

    /** What fails here is a 500, with the reason. */
    private void answer(String path, Answer answer) {
        server.createContext(path, exchange -> {
            int status = 200;
            String body;
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            try {
                body = answer.to(exchange);
            } catch (GeneralSecurityException | RuntimeException | AssertionError e) {
                status = 500;
                body = e.toString();
            }
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private static Map<String, String> parameters(String form) {
        return Arrays.stream(form.split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], UTF_8)));
    }

    private static String base64(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return base64(Arrays.copyOfRange(bytes, bytes[0] == 0 ? 1 : 0, bytes.length));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
