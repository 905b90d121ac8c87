// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import static dev.streampane.results.RawHttp.request;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.streampane.results.RawHttp;
import dev.streampane.results.RawHttp.Answer;
import dev.streampane.results.RealServers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests for dead letters and late records that are wrong in some way, sent byte by byte as they are written here. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class RejectsBadRequestIT {

    private static final String DEAD = "/api/v1/dead-letters";
    private static final String LATE = "/api/v1/late";

    @TestHTTPResource("/")
    URI root;

    static Stream<Arguments> parameters() {
        Stream<Arguments> both = Stream.of(DEAD + "?", LATE + "?")
                .flatMap(path -> Stream.of(
                        arguments("job empty", path + "job=", "job"),
                        arguments("job without value", path + "job", "job"),
                        arguments("job too long", path + "job=" + "j".repeat(101), "job"),
                        arguments("job twice", path + "job=a&job=a", "job"),
                        arguments("job not UTF-8", path + "job=%ff", "job"),
                        arguments("job overlong UTF-8", path + "job=%c0%80", "job"),
                        arguments("topic empty", path + "topic=", "topic"),
                        arguments("topic too long", path + "topic=" + "t".repeat(250), "topic"),
                        arguments("partition -1", path + "partition=-1", "partition"),
                        arguments("partition 2^31", path + "partition=2147483648", "partition"),
                        arguments("partition 10^20", path + "partition=100000000000000000000", "partition"),
                        arguments("partition abc", path + "partition=abc", "partition"),
                        arguments("partition 1e3", path + "partition=1e3", "partition"),
                        arguments("partition arabic digits", path + "partition=%D9%A1", "partition"),
                        arguments("from > to", path + "from=2026-11-20T07:00:00Z&to=2026-11-20T06:00:00Z", "from"),
                        arguments("from = to", path + "from=2026-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "to"),
                        arguments("from with space", path + "from=2026-11-20%2006:00:00Z", "from"),
                        arguments("from without zone", path + "from=2026-11-20T06:00:00", "from"),
                        arguments("from zone +25:00", path + "from=2026-11-20T06:00:00%2B25:00", "from"),
                        arguments("from a number", path + "from=1763618400000", "from"),
                        arguments("from negative", path + "from=-0001-01-01T00:00:00Z", "from"),
                        arguments("to 29 February 2027", path + "to=2027-02-29T06:00:00Z", "to"),
                        arguments("to leap second", path + "to=2026-12-31T23:59:60Z", "to"),
                        arguments("to year 292278994", path + "to=%2B292278994-08-17T07:12:55.807Z", "to"),
                        arguments("to empty", path + "to=", "to"),
                        arguments("limit 0", path + "limit=0", "limit"),
                        arguments("limit -1", path + "limit=-1", "limit"),
                        arguments("limit 201", path + "limit=201", "limit"),
                        arguments("limit 10 001", path + "limit=10001", "limit"),
                        arguments("limit 2^31", path + "limit=2147483648", "limit"),
                        arguments("limit abc", path + "limit=abc", "limit"),
                        arguments("limit 1e3", path + "limit=1e3", "limit"),
                        arguments("limit 1;2", path + "limit=1;2", "limit"),
                        arguments("limit empty", path + "limit=", "limit"),
                        arguments("order up", path + "order=up", "order"),
                        arguments("order by internal field", path + "order=_id", "order"),
                        arguments("sort unknown", path + "sort=offset", "sort"),
                        arguments("size unknown", path + "size=1", "size"),
                        arguments("parameter in capitals", path + "Job=a", "Job"),
                        arguments("parameter with script", path + "%3Cscript%3E=1", "<script>"),
                        arguments("600 unknown parameters", path + "x=1&".repeat(600), "x"),
                        arguments("cursor garbage", path + "after=garbage", "after"),
                        arguments("cursor not base64", path + "after=%2A%2A", "after"),
                        arguments("cursor empty", path + "after=", "after"),
                        arguments("cursor oversize", path + "after=" + "A".repeat(3_900), "after")));
        Stream<Arguments> own = Stream.of(
                arguments("reason unknown", DEAD + "?reason=bad", "reason"),
                arguments("reason empty", DEAD + "?reason=", "reason"),
                arguments("reason late", DEAD + "?reason=late", "reason"),
                arguments("reason in capitals", DEAD + "?reason=TYPE", "reason"),
                arguments("reason twice", DEAD + "?reason=type&reason=null", "reason"),
                arguments("reason SQL", DEAD + "?reason=type'%20OR%201=1--", "reason"),
                arguments("reason on late", LATE + "?reason=type", "reason"),
                arguments("spec on dead letters", DEAD + "?spec=tumbling(1m)", "spec"),
                arguments("spec empty", LATE + "?spec=", "spec"),
                arguments("spec of a space", LATE + "?spec=+", "spec"),
                arguments("spec too long", LATE + "?spec=" + "s".repeat(201), "spec"),
                arguments("spec twice", LATE + "?spec=a&spec=a", "spec"));
        return Stream.concat(both, own);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("parameters")
    void shouldNameParameter(String name, String target, String parameter) throws IOException {
        // When
        Answer answer = send(request("GET", target, ""));
        // Then
        answer.assertProblem(400);
        assertThat(JsonPath.from(answer.body()).getList("violations.parameter", String.class))
                .contains(parameter);
        assertThat(answer.body().length()).isLessThan(2_000);
    }

    @Test
    void shouldNameTheReasonsThatThereAre() {
        assertThat(given().get(DEAD + "?reason=bad")
                        .then()
                        .statusCode(400)
                        .extract()
                        .<String>path("violations[0].detail"))
                .contains("'bad' is not allowed")
                .contains(RejectKind.REASONS);
    }

    static Stream<Arguments> requests() {
        return Stream.of(DEAD, LATE)
                .flatMap(path -> Stream.of(
                        arguments("below it", request("GET", path + "/x", ""), 404),
                        arguments("encoded dots and slashes", request("GET", path + "/..%2f..%2fetc", ""), 404),
                        arguments("double-encoded", request("GET", path + "/%252e%252e%252f", ""), 404),
                        arguments("NUL", request("GET", path + "/%00", ""), 404),
                        arguments("trailing dots", request("GET", path + "...", ""), 404),
                        arguments("POST", request("POST", path, ""), 405),
                        arguments("DELETE", request("DELETE", path, ""), 405),
                        arguments("TRACE", request("TRACE", path, ""), 405),
                        arguments("unknown method", request("BREW", path, ""), 405),
                        arguments("Accept xml", request("GET", path, "Accept: application/xml\r\n"), 406),
                        arguments("Accept */*;q=0", request("GET", path, "Accept: */*;q=0\r\n"), 406)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void shouldAnswerProblem(String name, String request, int status) throws IOException {
        // When
        Answer answer = send(request);
        // Then
        answer.assertProblem(status);
        if (status == 405) {
            assertThat(answer.head()).contains("\r\nallow: ");
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments("header of 30 KB", request("GET", DEAD, "X-A: " + "a".repeat(30_000) + "\r\n"), 431),
                arguments("request line of 5 KB", request("GET", DEAD + "?job=" + "k".repeat(5_000), ""), 414),
                arguments("body of 10 MB announced", request("POST", LATE, "Content-Length: 10485760\r\n"), 413),
                arguments("broken percent", request("GET", DEAD + "?job=%2", ""), 400),
                arguments("percent without digits", request("GET", LATE + "?job=%zz", ""), 400),
                arguments(
                        "two content lengths",
                        request("GET", LATE, "Content-Length: 4\r\nContent-Length: 5\r\n"),
                        400));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void shouldRefuseBeforeAnyResource(String name, String request, int status) throws IOException {
        // When
        Answer answer = send(request);
        // Then
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).doesNotContain("<html", "Exception", "\tat ");
    }

    static Stream<Arguments> tolerated() {
        String job = DEAD + "?job=nobody";
        return Stream.of(
                arguments(
                        "10-year range",
                        request("GET", job + "&from=2016-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "")),
                arguments("far future", request("GET", LATE + "?job=nobody&to=9999-12-31T23:59:59.999Z", "")),
                arguments("job *", request("GET", DEAD + "?job=*", "")),
                arguments("job of a query", request("GET", DEAD + "?job=a:b%20OR%201", "")),
                arguments("job of JSON", request("GET", LATE + "?job=%7B%22query%22:%7B%7D%7D", "")),
                arguments("job of control characters", request("GET", DEAD + "?job=%00%1b%0d%0a", "")),
                arguments("topic ..", request("GET", job + "&topic=..", "")),
                arguments("spec unknown", request("GET", LATE + "?job=nobody&spec=x(1y)", "")),
                arguments("Content-Type wrong", request("GET", job, "Content-Type: text/xml\r\n")),
                arguments("body on GET", request("GET", job, "Content-Length: 3\r\n") + "abc"),
                arguments("HEAD", request("HEAD", job, "")),
                arguments("OPTIONS", request("OPTIONS", job, "")),
                arguments("HTTP/1.0", "GET " + job + " HTTP/1.0\r\n\r\n"),
                arguments("absolute URI", request("GET", "http://evil.example" + job, "")),
                arguments("Origin foreign", request("GET", job, "Origin: http://evil.example\r\n")),
                arguments("X-Forwarded spoofed", request("GET", job, "X-Forwarded-Host: evil.example\r\n")),
                arguments("Range", request("GET", job, "Range: bytes=0-1\r\n")),
                arguments("If-None-Match garbage", request("GET", job, "If-None-Match: \"\"x\r\n")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tolerated")
    void shouldAnswerAsIfNothingWereWrong(String name, String request) throws IOException {
        // When
        Answer answer = send(request);
        // Then
        assertThat(answer.status()).as(answer.head()).isEqualTo(200);
        assertThat(answer.head()).doesNotContain("access-control-allow", "evil.example");
        if (answer.body().startsWith("{")) {
            assertThat(answer.body()).startsWith("{\"items\":[],");
        }
    }

    private Answer send(String request) throws IOException {
        return new RawHttp(root).send(request);
    }
}
