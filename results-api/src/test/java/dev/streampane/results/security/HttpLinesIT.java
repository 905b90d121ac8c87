// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static dev.streampane.results.RawHttp.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.streampane.results.RawHttp;
import dev.streampane.results.RawHttp.Answer;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP itself lets a client do, byte by byte; each case is named after its line in the list of bad input. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class HttpLinesIT {

    private static final String JOBS = "/api/v1/jobs";
    private static final String HOST = "Host: localhost\r\nConnection: close\r\n";

    @TestHTTPResource("/")
    URI root;

    @BeforeEach
    void awaitFeeds() {
        Served.awaitReady();
    }

    static Stream<Arguments> refused() {
        String line = "/api/v1/windows/" + "x".repeat(4_084 - "/api/v1/windows/".length());
        return Stream.of(
                arguments(
                        "1 001 parameters", get("/api/v1/windows?job=a" + "&a".repeat(1_000)), 400, "1000 parameters"),
                arguments("device id of 10 KB", get("/api/v1/windows?job=a&key=" + "k".repeat(10_000)), 414, "4,096"),
                arguments("request line > 4 096 (414)", get(line), 414, "4,096"),
                arguments("no cursor in a long line", get(JOBS + "?after=" + "c".repeat(8_192)), 414, "4,096"),
                arguments("no ticket in a long line", get("/api/v1/stream?ticket=" + "t".repeat(20_480)), 414, "4,096"),
                arguments(
                        "positions beside a long line",
                        get("/api/v1/windows?job=a&key=" + ",k".repeat(1_900) + "&atLeast=" + "p".repeat(2_000)
                                + "&asOf=" + "p".repeat(2_000)),
                        400,
                        ""),
                arguments("header 20 KB+ (431)", jobs("X-A: " + "a".repeat(20_480)), 431, "20 KiB"),
                arguments(
                        "headers of 20 KB together",
                        request("GET", JOBS, ("X-A: " + "a".repeat(95) + "\r\n").repeat(210)),
                        431,
                        "20 KiB"),
                arguments("10 MB body (413)", body("10485760"), 413, "64 KiB"),
                arguments("body of 10^20 bytes", body("1000000000000000000"), 413, "64 KiB"),
                arguments("wrong Host", host("Host: evil.example\r\n"), 421, "localhost"),
                arguments("Host like localhost", host("Host: localhost.evil.example\r\n"), 421, "localhost"),
                arguments("Host of others' address", host("Host: 10.0.0.1\r\n"), 421, "localhost"),
                arguments("Host empty", host("Host: \r\n"), 421, "localhost"),
                arguments("Host missing", host(""), 400, "malformed"),
                arguments("Host twice", host("Host: localhost\r\nHost: localhost\r\n"), 400, "allowed is one"),
                arguments(
                        "absolute URI, wrong Host",
                        host("Host: evil.example\r\n").replace(JOBS, "http://evil.example" + JOBS),
                        421,
                        "localhost"),
                arguments("no path", get("x"), 404, ""),
                arguments("HTTP/3.0", "GET " + JOBS + " HTTP/3.0\r\n" + HOST + "\r\n", 400, "HTTP version"),
                arguments("TRACE", request("TRACE", JOBS, ""), 405, "Allow"),
                arguments("TRACE on a page", request("TRACE", "/", ""), 405, "Allow"),
                arguments("unknown method", request("BREW", JOBS, ""), 405, "Allow"),
                arguments("unknown path", get("/etc/passwd"), 404, "/q/openapi"),
                arguments("unknown path of the API", get("/api/v1/nothing"), 404, ""),
                arguments("unknown path below /q", get("/q/nothing"), 404, ""),
                arguments("API root", get("/api/v1"), 404, ""),
                arguments("id of 3 000 characters", get("/api/v1/windows/" + "x".repeat(3_000)), 404, ""),
                arguments("path ..%2f..", get("/api/v1/windows/..%2f..%2f..%2fetc%2fpasswd"), 404, ""),
                arguments("path with dots", get("/../../etc/passwd"), 404, ""),
                arguments("path %00", get("/api/v1/windows/%00"), 404, ""),
                arguments("path double-encoded", get("/api/v1/windows/%252e%252e%252f"), 404, ""),
                arguments("path non-UTF-8 percent", get("/api/v1/windows/%ff%fe"), 404, ""),
                arguments("path trailing dots", get("/api/v1/windows/..."), 404, ""),
                arguments("path with CR and LF", get("/api/v1/windows/%0d%0aSet-Cookie:%20x=y"), 404, ""),
                arguments("* in id", get("/api/v1/windows/*"), 404, ""),
                arguments("? in id", get("/api/v1/windows/%3f"), 404, ""),
                arguments("a:b OR 1 in id", get("/api/v1/windows/a:b%20OR%201"), 404, ""),
                arguments(
                        "a query in id",
                        get("/api/v1/windows/%7B%22query%22:%7B%22match_all%22:%7B%7D%7D%7D"),
                        404,
                        ""),
                arguments("${jndi:…} in id", get("/api/v1/windows/$%7Bjndi:ldap:%2f%2fevil%7D"), 404, ""),
                arguments("Accept xml", jobs("Accept: application/xml"), 406, ""),
                arguments("Accept */*;q=0", jobs("Accept: */*;q=0"), 406, ""),
                arguments("Accept xml of windows", accept("/api/v1/windows?job=a", "application/xml"), 406, ""),
                arguments(
                        "CSV by HTTP/1.0",
                        "GET /api/v1/windows?job=a HTTP/1.0\r\n" + HOST + "Accept: text/csv\r\n\r\n",
                        400,
                        "HTTP/1.1"),
                arguments("Accept json of the stream", accept("/api/v1/stream", "application/json"), 406, ""),
                arguments("Accept no events", accept("/api/v1/stream", "text/event-stream;q=0, */*"), 406, ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void shouldAnswerProblem(String name, String request, int status, String said) throws IOException {
        // When
        Answer answer = send(request);
        // Then
        answer.assertProblem(status);
        assertThat(answer.body()).contains(said).doesNotContain("secret", "dev.streampane");
        assertThat(answer.head()).doesNotContain("set-cookie");
    }

    static Stream<Arguments> refusedByTheFramework() {
        return Stream.of(
                arguments("path // alone", get("//"), 400),
                arguments("path %", get("/api/v1/windows/%"), 400),
                arguments("path %zz", get("/api/v1/windows/%zz"), 400),
                arguments("query %", get("/api/v1/windows?job=%"), 400),
                arguments("two words", "GET " + JOBS + "\r\n" + HOST + "\r\n", 400),
                arguments("no HTTP at all", "\u0016\u0003\u0001hello\r\n\r\n", 400),
                arguments("control character in a header", jobs("X-A: a\1b"), 400),
                arguments("header without colon", jobs("X-A"), 400),
                arguments("two lengths", jobs("Content-Length: 1\r\nContent-Length: 2"), 400),
                arguments("request line of 40 000", get("/" + "x".repeat(40_000)), 414),
                arguments("header of 80 000", jobs("X-A: " + "a".repeat(80_000)), 431));
    }

    /**
     * What is no request, or has no path, is refused before any route, filter or handler that an application can have: by Vert.x ({@code
     * HttpServer.invalidRequestHandler}, which Quarkus does not hand out) and by Quarkus's check of the URI.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedByTheFramework")
    void shouldRefuseWithoutABodyWhatComesToNoRoute(String name, String request, int status) throws IOException {
        // When
        Answer answer = send(request);
        // Then: and the connection has ended
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.head()).contains("content-length: 0");
        assertThat(answer.body()).isEmpty();
    }

    static Stream<Arguments> served() throws IOException {
        String line = "/problems?x=" + "x".repeat(4_083 - 12);
        return Stream.of(
                arguments("request line of 4 096", get(line)),
                arguments("headers of almost 20 KB", jobs("X-A: " + "a".repeat(20_000))),
                arguments("the longest request line and a cursor", get(line + "&after=" + "c".repeat(4_000))),
                arguments("HTTP/1.0", "GET " + JOBS + " HTTP/1.0\r\n\r\n"),
                arguments("absolute URI", "GET http://localhost/api/v1/jobs HTTP/1.1\r\n" + HOST + "\r\n"),
                arguments("Host with port", host("Host: 127.0.0.1:8080\r\n")),
                arguments("Host of version 6", host("Host: [::1]:8080\r\n")),
                arguments("Accept missing", get(JOBS)),
                arguments("Content-Type wrong", jobs("Content-Type: text/xml")),
                arguments("body on GET", "GET " + JOBS + " HTTP/1.1\r\n" + HOST + "Content-Length: 3\r\n\r\nabc"),
                arguments("gzip bomb request", bomb()),
                arguments("Origin foreign", jobs("Origin: http://evil.example")),
                arguments(
                        "X-Forwarded-* spoof",
                        jobs(
                                "X-Forwarded-Host: evil.example\r\nX-Forwarded-For: 1.1.1.1\r\nForwarded: host=evil.example")),
                arguments("Range header", jobs("Range: bytes=0-1")),
                arguments("If-None-Match garbage", jobs("If-None-Match: \"\"x")),
                arguments("credential unasked for", jobs("Authorization: Bearer eyJhbGciOiJub25lIn0.e30.")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("served")
    void shouldAnswerAsIfNothingWereWrong(String name, String request) throws IOException {
        // When
        Answer answer = send(request);
        // Then
        assertThat(answer.status()).as(answer.head() + answer.body()).isEqualTo(200);
        answer.assertGuarded();
        assertThat(answer.head()).doesNotContain("access-control-allow", "evil.example", "content-range");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/", "/page/main.js", "/problems", "/problems/internal",
                "/q/openapi", "/q/nothing", "/api/v1/nothing", "/api/v1/watermarks"
            })
    void shouldGuardEachAnswer(String path) throws IOException {
        send(get(path)).assertGuarded();
    }

    static Stream<String> operations() throws IOException {
        return Operations.documented().stream().map(operation -> operation.replaceAll("\\{[^}]*}", "x"));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void shouldSayWhatIsAllowed(String operation) throws IOException {
        // When
        String[] words = operation.split(" ");
        Answer answer = send(request("OPTIONS", words[1], ""));
        // Then
        assertThat(answer.status()).as(answer.head()).isIn(200, 204);
        assertThat(answer.head()).containsPattern("\r\nallow: [^\r]*" + words[0].toLowerCase(Locale.ROOT));
        Answer brewed = send(request("BREW", words[1], ""));
        brewed.assertProblem(405);
        assertThat(brewed.head()).contains("\r\nallow: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/page/main.js", "/q/openapi"})
    void shouldSayWhatIsAllowedOfPagesToo(String path) throws IOException {
        Answer answer = send(request("OPTIONS", path, ""));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.head()).contains("\r\nallow: get, head, options");
    }

    @Test
    void shouldCompressForWhomTakesIt() throws IOException {
        String gzip = "Accept-Encoding: gzip\r\n";
        // Then
        assertThat(send(request("GET", JOBS, gzip)).head())
                .contains("\r\ncontent-encoding: gzip", "\r\nvary: accept-encoding");
        for (String lines : List.of("application/x-ndjson", "text/csv")) {
            assertThat(send(request("GET", "/api/v1/windows?job=none", gzip + "Accept: " + lines + "\r\n"))
                            .head())
                    .contains("\r\ncontent-encoding: gzip", "\r\nvary: accept");
        }
        assertThat(send(get(JOBS)).head()).doesNotContain("content-encoding");
    }

    /** What tells whether a stream is compressed is what it begins with: an answer to HEAD never is. */
    @ParameterizedTest
    @CsvSource({"text/event-stream, retry: ", "application/x-ndjson, '{\"event\":\"progress\",'"})
    void shouldCompressNoStream(String format, String begin) throws IOException {
        String asked = "Accept-Encoding: gzip\r\nAccept: " + format + "\r\n";
        try (Socket stream = RawHttp.open(root, 0, request("GET", "/api/v1/stream", asked))) {
            // When
            String head = RawHttp.head(stream.getInputStream()).toLowerCase(Locale.ROOT);
            // Then
            assertThat(head)
                    .startsWith("http/1.1 200 ")
                    .contains("content-type: " + format)
                    .doesNotContain("gzip");
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8));
            assertThat(lines.lines().limit(10)).anyMatch(line -> line.startsWith(begin));
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void shouldAnswerHeadAsGet(String operation) throws IOException {
        String[] words = operation.split(" ");
        if (words[0].equals("GET") && !words[1].endsWith("/stream")) {
            // When
            Answer head = send(request("HEAD", words[1], ""));
            // Then
            assertThat(head.status()).isEqualTo(send(get(words[1])).status());
            assertThat(head.body()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/x-ndjson"})
    void shouldAnswerHeadOfAStreamAndEnd(String format) throws IOException {
        // When
        Answer head = send(request("HEAD", "/api/v1/stream", "Accept: " + format + "\r\n"));
        // Then
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.head()).contains("content-type: " + format);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void shouldNotServeWhatIsSmuggledBehindTwoLengths() throws IOException {
        // Given: TE+CL smuggling
        String smuggled = "0\r\n\r\nGET /problems/internal HTTP/1.1\r\n" + HOST + "\r\n";
        // When
        Answer answer = send(
                "GET /problems/refused HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: "
                        + smuggled.length()
                        + "\r\n\r\n"
                        + smuggled);
        // Then
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.head()).contains("\r\nconnection: close");
        assertThat(answer.body()).contains("<code>refused").doesNotContain("HTTP/1.1", "internal</code>");
    }

    @Test
    void shouldServeOthersWhileSomeSendTheirHeadersSlowly() throws IOException {
        // Given: slowloris
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket(root.getHost(), root.getPort());
                slow.add(socket);
                socket.getOutputStream().write(bytes("GET " + JOBS + " HTTP/1.1\r\nHost: loc"));
            }
            // When
            Answer answer = send(get(JOBS));
            // Then
            assertThat(answer.status()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private Answer send(String request) throws IOException {
        return new RawHttp(root).send(request);
    }

    private static String jobs(String header) {
        return request("GET", JOBS, header + "\r\n");
    }

    private static String accept(String target, String types) {
        return request("GET", target, "Accept: " + types + "\r\n");
    }

    private static String host(String headers) {
        return "GET " + JOBS + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n";
    }

    /** Announces a body. */
    private static String body(String length) {
        return "POST /api/v1/tickets HTTP/1.1\r\n" + HOST + "Content-Length: " + length + "\r\n\r\n";
    }

    private static String get(String target) {
        return request("GET", target, "");
    }

    /** Ten megabytes of zeros, in ten kilobytes. */
    private static String bomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(new byte[10 << 20]);
        }
        return "GET "
                + JOBS
                + " HTTP/1.1\r\n"
                + HOST
                + "Content-Encoding: gzip\r\nContent-Length: "
                + bytes.size()
                + "\r\n\r\n"
                + bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
