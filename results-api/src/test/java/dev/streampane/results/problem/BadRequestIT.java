// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import static dev.streampane.results.RawHttp.request;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.streampane.results.RawHttp;
import dev.streampane.results.RawHttp.Answer;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import dev.streampane.results.Store;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that are wrong in some way, sent byte by byte as they are written here. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class BadRequestIT {

    private static final String WINDOWS = "/api/v1/windows?job=weather-average";
    private static final String ALERTS = "/api/v1/alerts";
    private static final String ROLL = "/api/v1/windows/aggregate?job=weather-average";
    private static final String DEAD_LETTERS = "/api/v1/dead-letters";
    private static final String LATE = "/api/v1/late";
    private static final String RECORDS = "/api/v1/records";
    private static final String KEYS = "/api/v1/jobs/weather-average/keys";

    private static boolean ready;

    @TestHTTPResource("/")
    URI root;

    @RealServers.Running
    Store store;

    @BeforeEach
    void awaitFeed() {
        if (ready) {
            return;
        }
        Served.awaitReady();
        // what other tests have pushed out of the tail
        store.acknowledge(Served.position());
        ready = true;
    }

    static Stream<Arguments> parameters() {
        String longText = "x".repeat(3_000);
        return Stream.of(
                arguments("alerts: client empty", ALERTS + "?client=", "client"),
                arguments("alerts: client too long", ALERTS + "?client=" + longText, "client"),
                arguments("alerts: pattern empty", ALERTS + "?pattern=", "pattern"),
                arguments("alerts: unknown parameter", ALERTS + "?job=fraud-detection", "job"),
                arguments("alerts: limit 0", ALERTS + "?limit=0", "limit"),
                arguments("alerts: order", ALERTS + "?order=up", "order"),
                arguments("alerts: foreign cursor", ALERTS + "?after=abc", "after"),
                arguments("alerts: from = to", ALERTS + "?from=2026-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "from"),
                arguments("spec of a space", WINDOWS + "&spec=+", "spec"),
                arguments("job missing", "/api/v1/windows", "job"),
                arguments("job empty", "/api/v1/windows?job=", "job"),
                arguments("job without value", "/api/v1/windows?job", "job"),
                arguments("job too long", "/api/v1/windows?job=" + "j".repeat(101), "job"),
                arguments("job twice", WINDOWS + "&job=weather-average", "job"),
                arguments("key empty", WINDOWS + "&key=", "key"),
                arguments("key too long", WINDOWS + "&key=" + longText, "key"),
                arguments("key not UTF-8", WINDOWS + "&key=%ff", "key"),
                arguments("key overlong UTF-8", WINDOWS + "&key=%c0%80", "key"),
                arguments("101 keys", WINDOWS + "&key=a".repeat(101), "key"),
                arguments("one key of two empty", WINDOWS + "&key=a&key=", "key"),
                arguments("21 specs", WINDOWS + "&spec=a".repeat(21), "spec"),
                arguments("status unknown", WINDOWS + "&status=EARLY", "status"),
                arguments("status in another case", WINDOWS + "&status=final", "status"),
                arguments("status empty", WINDOWS + "&status=", "status"),
                arguments("one status of two unknown", WINDOWS + "&status=FINAL&status=*", "status"),
                arguments("kind unknown", WINDOWS + "&kind=hopping", "kind"),
                arguments("range no number", WINDOWS + "&avg_temp.gte=warm", "avg_temp.gte"),
                arguments("range empty", WINDOWS + "&avg_temp.gte=", "avg_temp.gte"),
                arguments("range 1e3", WINDOWS + "&avg_temp.lt=1e3", "avg_temp.lt"),
                arguments("range NaN", WINDOWS + "&avg_temp.lt=NaN", "avg_temp.lt"),
                arguments("range .5", WINDOWS + "&avg_temp.lt=.5", "avg_temp.lt"),
                arguments("range 1.", WINDOWS + "&avg_temp.lt=1.", "avg_temp.lt"),
                arguments("range +1", WINDOWS + "&avg_temp.lt=%2B1", "avg_temp.lt"),
                arguments("range of 1 000 digits", WINDOWS + "&avg_temp.lt=" + "9".repeat(1_000), "avg_temp.lt"),
                arguments("range twice", WINDOWS + "&avg_temp.lt=1&avg_temp.lt=2", "avg_temp.lt"),
                arguments("range unknown", WINDOWS + "&avg_temp.eq=1", "avg_temp.eq"),
                arguments("range of a wildcard", WINDOWS + "&*.gte=1", "*.gte"),
                arguments("range of a path", WINDOWS + "&a.b.gte=1", "a.b.gte"),
                arguments("fields empty", WINDOWS + "&fields=", "fields"),
                arguments("fields unknown", WINDOWS + "&fields=key,log.offset", "fields"),
                arguments("fields wildcard", WINDOWS + "&fields=*", "fields"),
                arguments("fields of window unknown", WINDOWS + "&fields=window.size", "fields"),
                arguments("fields of a text", WINDOWS + "&fields=key.a", "fields"),
                arguments("fields with a comma more", WINDOWS + "&fields=key,", "fields"),
                arguments("fields twice", WINDOWS + "&fields=key&fields=id", "fields"),
                arguments("atLeast garbage", WINDOWS + "&atLeast=garbage", "atLeast"),
                arguments("atLeast empty", WINDOWS + "&atLeast=", "atLeast"),
                arguments("atLeast foreign", WINDOWS + "&atLeast=zoo~a~1", "atLeast"),
                arguments("atLeast negative", WINDOWS + "&atLeast=window-results~a~-1", "atLeast"),
                arguments("atLeast with line ends", WINDOWS + "&atLeast=window-results~a~1%0d%0aX:1", "atLeast"),
                arguments("atLeast oversize", WINDOWS + "&atLeast=window-results~a~1" + ".1".repeat(1_900), "atLeast"),
                arguments("atLeast of an earlier life", WINDOWS + "&atLeast=window-results~earlier~1.1.1.1", "atLeast"),
                arguments("atLeast twice", "/api/v1/windows/x?atLeast=alerts~a~1&atLeast=alerts~a~1", "atLeast"),
                arguments("atLeast on one window", "/api/v1/windows/x?atLeast=x", "atLeast"),
                arguments("spec empty", WINDOWS + "&spec=", "spec"),
                arguments("from > to", WINDOWS + "&from=2026-11-20T07:00:00Z&to=2026-11-20T06:00:00Z", "from"),
                arguments("from = to", WINDOWS + "&from=2026-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "to"),
                arguments("11-year range", WINDOWS + "&from=2015-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "from"),
                arguments(
                        "alerts: 11-year range", ALERTS + "?from=2015-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "from"),
                arguments("from negative", WINDOWS + "&from=-1", "from"),
                arguments("from before 1970", WINDOWS + "&from=1969-12-31T23:59:59Z", "from"),
                arguments("from negative year", WINDOWS + "&from=-0001-01-01T00:00:00Z", "from"),
                arguments("to far future", WINDOWS + "&to=%2B292278994-08-17T07:12:55Z", "to"),
                arguments("from no number", WINDOWS + "&from=abc", "from"),
                arguments("from epoch milliseconds", WINDOWS + "&from=1763618400000", "from"),
                arguments("from with space", WINDOWS + "&from=2026-11-20%2006:00:00Z", "from"),
                arguments("from without zone", WINDOWS + "&from=2026-11-20T06:00:00", "from"),
                arguments("from raw plus", WINDOWS + "&from=2026-11-20T06:00:00+01:00", "from"),
                arguments("from zone +25:00", WINDOWS + "&from=2026-11-20T06:00:00%2B25:00", "from"),
                arguments("from 29 February 2027", WINDOWS + "&from=2027-02-29T06:00:00Z", "from"),
                arguments("from leap second", WINDOWS + "&from=2026-12-31T23:59:60Z", "from"),
                arguments("from empty", WINDOWS + "&from=", "from"),
                arguments("limit 0", WINDOWS + "&limit=0", "limit"),
                arguments("limit -1", WINDOWS + "&limit=-1", "limit"),
                arguments("limit 501", WINDOWS + "&limit=501", "limit"),
                arguments("limit 10001", WINDOWS + "&limit=10001", "limit"),
                arguments("limit 2^31", WINDOWS + "&limit=2147483648", "limit"),
                arguments("limit 10^20", WINDOWS + "&limit=100000000000000000000", "limit"),
                arguments("limit abc", WINDOWS + "&limit=abc", "limit"),
                arguments("limit 1e3", WINDOWS + "&limit=1e3", "limit"),
                arguments("limit 1;2", WINDOWS + "&limit=1;2", "limit"),
                arguments("limit 1_0", WINDOWS + "&limit=1_0", "limit"),
                arguments("limit +1", WINDOWS + "&limit=%2B1", "limit"),
                arguments("limit arabic digits", WINDOWS + "&limit=%D9%A1", "limit"),
                arguments("limit empty", WINDOWS + "&limit=", "limit"),
                arguments("order unknown", WINDOWS + "&order=up", "order"),
                arguments("order by internal field", WINDOWS + "&order=_id", "order"),
                arguments("sort unknown", WINDOWS + "&sort=log.offset", "sort"),
                arguments("size unknown", WINDOWS + "&size=1", "size"),
                arguments("parameter in another case", WINDOWS + "&Key=a", "Key"),
                arguments("parameter with script", WINDOWS + "&%3Cscript%3E=1", "<script>"),
                arguments("cursor garbage", WINDOWS + "&after=garbage", "after"),
                arguments("cursor not base64", WINDOWS + "&after=%2A%2A", "after"),
                arguments("cursor empty", WINDOWS + "&after=", "after"),
                arguments("cursor oversize", WINDOWS + "&after=" + "A".repeat(3_900), "after"),
                arguments("cursor of a jobs query", "/api/v1/jobs?after=x", "after"),
                arguments("parameter on one window", "/api/v1/windows/x?job=a", "job"),
                arguments("history limit 0", "/api/v1/windows/x/history?limit=0", "limit"),
                arguments("history cursor garbage", "/api/v1/windows/x/history?after=x", "after"),
                arguments("audit unknown parameter", "/api/v1/audit?key=x", "key"),
                arguments("audit topic empty", "/api/v1/audit?topic=", "topic"),
                arguments("audit topic twice", "/api/v1/audit?topic=a&topic=b", "topic"),
                arguments("audit partition -1", "/api/v1/audit?partition=-1", "partition"),
                arguments("audit partition 2^31", "/api/v1/audit?partition=2147483648", "partition"),
                arguments("audit offset abc", "/api/v1/audit?offset=abc", "offset"),
                arguments("audit offset 2^63", "/api/v1/audit?offset=9223372036854775808", "offset"),
                arguments("audit job empty", "/api/v1/audit?job=", "job"),
                arguments("watermarks job twice", "/api/v1/watermarks?job=a&job=b", "job"),
                arguments("stream unknown parameter", "/api/v1/stream?emits=all", "emits"),
                arguments("stream spec of a space", "/api/v1/stream?spec=+", "spec"),
                arguments("stream key empty", "/api/v1/stream?key=", "key"),
                arguments("stream 1 000 keys", "/api/v1/stream?key=a" + "&key=b".repeat(600), "key"),
                arguments("asOf empty", "/api/v1/windows/x?asOf=", "asOf"),
                arguments("asOf garbage", "/api/v1/windows/x?asOf=garbage", "asOf"),
                arguments("asOf without zone", "/api/v1/windows/x?asOf=2026-11-20T06:00:00", "asOf"),
                arguments("asOf in the future", "/api/v1/windows/x?asOf=9999-01-01T00:00:00Z", "asOf"),
                arguments(
                        "asOf twice", "/api/v1/windows/x?asOf=2026-11-20T06:00:00Z&asOf=2026-11-20T06:00:00Z", "asOf"),
                arguments("asOf of another topic", "/api/v1/windows/x?asOf=alerts~x~1", "asOf"),
                arguments("asOf of another life", "/api/v1/windows/x?asOf=window-results~x~1.1.1.1", "asOf"),
                arguments(
                        "asOf with huge offsets",
                        "/api/v1/windows/x?asOf=window-results~x~9999999999999999999",
                        "asOf"),
                arguments("asOf with CR and LF", "/api/v1/windows/x?asOf=window-results~x~1%0d%0aa:b", "asOf"),
                arguments("history unknown parameter", "/api/v1/windows/x/history?asOf=2026-11-20T06:00:00Z", "asOf"),
                arguments("aggregate: job missing", "/api/v1/windows/aggregate", "job"),
                arguments("aggregate: fn unknown", ROLL + "&fn=median", "fn"),
                arguments("aggregate: fn empty", ROLL + "&fn=", "fn"),
                arguments("aggregate: fn in capitals", ROLL + "&fn=AVG", "fn"),
                arguments("aggregate: interval 0s", ROLL + "&interval=0s", "interval"),
                arguments("aggregate: interval 1ms", ROLL + "&interval=1ms", "interval"),
                arguments("aggregate: interval 367d", ROLL + "&interval=367d", "interval"),
                arguments("aggregate: interval empty", ROLL + "&interval=", "interval"),
                arguments("aggregate: interval year", ROLL + "&interval=year", "interval"),
                arguments("aggregate: interval of a query", ROLL + "&interval=1h%22%7D", "interval"),
                arguments("aggregate: zone unknown", ROLL + "&interval=day&zone=Mars", "zone"),
                arguments("aggregate: zone +25:00", ROLL + "&interval=day&zone=%2B25:00", "zone"),
                arguments("aggregate: zone of a fixed interval", ROLL + "&interval=1h&zone=Europe/Berlin", "zone"),
                arguments("aggregate: metric with wildcard", ROLL + "&metric=*", "metric"),
                arguments("aggregate: metric of an inner field", ROLL + "&metric=log.offset", "metric"),
                arguments("aggregate: metric too long", ROLL + "&metric=" + "m".repeat(101), "metric"),
                arguments("aggregate: key empty", ROLL + "&key=", "key"),
                arguments("aggregate: key twice", ROLL + "&key=a&key=b", "key"),
                arguments("aggregate: spec empty", ROLL + "&spec=", "spec"),
                arguments("aggregate: from = to", ROLL + "&from=2026-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "from"),
                arguments("aggregate: to without zone", ROLL + "&to=2026-11-20T06:00:00", "to"),
                arguments("aggregate: limit", ROLL + "&limit=10", "limit"),
                arguments("keys: prefix empty", KEYS + "?prefix=", "prefix"),
                arguments("keys: prefix too long", KEYS + "?prefix=" + longText, "prefix"),
                arguments("keys: limit 501", KEYS + "?limit=501", "limit"),
                arguments("keys: cursor garbage", KEYS + "?after=garbage", "after"),
                arguments("keys: unknown parameter", KEYS + "?key=a", "key"),
                arguments("600 unknown parameters", WINDOWS + "&x=1".repeat(600), "x"));
    }

    /** Of the lists of what jobs did not count, and of what they read. */
    static Stream<Arguments> parametersOfRejects() {
        Stream<Arguments> both = Stream.of(DEAD_LETTERS + "?", LATE + "?")
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
                arguments("reason unknown", DEAD_LETTERS + "?reason=bad", "reason"),
                arguments("reason empty", DEAD_LETTERS + "?reason=", "reason"),
                arguments("reason late", DEAD_LETTERS + "?reason=late", "reason"),
                arguments("reason in capitals", DEAD_LETTERS + "?reason=TYPE", "reason"),
                arguments("reason twice", DEAD_LETTERS + "?reason=type&reason=null", "reason"),
                arguments("reason SQL", DEAD_LETTERS + "?reason=type'%20OR%201=1--", "reason"),
                arguments("reason on late", LATE + "?reason=type", "reason"),
                arguments("spec on dead letters", DEAD_LETTERS + "?spec=tumbling(1m)", "spec"),
                arguments("spec empty", LATE + "?spec=", "spec"),
                arguments("spec of a space", LATE + "?spec=+", "spec"),
                arguments("spec too long", LATE + "?spec=" + "s".repeat(201), "spec"),
                arguments("spec twice", LATE + "?spec=a&spec=a", "spec"),
                arguments("records without topic", RECORDS, "topic"),
                arguments("records: topic empty", RECORDS + "?topic=", "topic"),
                arguments("records: topic twice", RECORDS + "?topic=a&topic=b", "topic"),
                arguments("records: partition -1", RECORDS + "?topic=a&partition=-1", "partition"),
                arguments("records: kind unknown", RECORDS + "?topic=a&kind=reading", "kind"),
                arguments("records: kind empty", RECORDS + "?topic=a&kind=", "kind"),
                arguments("records: job", RECORDS + "?topic=a&job=a", "job"),
                arguments("records: limit 201", RECORDS + "?topic=a&limit=201", "limit"),
                arguments("records: cursor garbage", RECORDS + "?topic=a&after=garbage", "after"));
        return Stream.concat(both, own);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource({"parameters", "parametersOfRejects"})
    void shouldNameParameter(String name, String target, String parameter) throws IOException {
        // When
        Answer answer = send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        // Then
        answer.assertProblem(400);
        assertThat(JsonPath.from(answer.body()).getList("violations.parameter", String.class))
                .contains(parameter);
        assertThat(answer.body().length()).isLessThan(2_000);
    }

    @Test
    void shouldRefuseCursorOfAnotherQueryAndTamperedOnes() throws IOException {
        // Given
        String cursor = dev.streampane.results.windows.Cursors.of("job=other&order=asc", 1763618400000L, "id");
        StringBuilder tampered = new StringBuilder(cursor);
        tampered.setCharAt(30, cursor.charAt(30) == 'A' ? 'B' : 'A');
        // Then
        assertThat(send(get("/api/v1/windows?job=other&order=asc&after=" + cursor))
                        .status())
                .isIn(200, 404);
        for (String target : new String[] {
            "/api/v1/windows?job=other&after=" + cursor,
            "/api/v1/windows?job=weather-average&order=asc&after=" + cursor,
            "/api/v1/windows?job=other&order=asc&key=a&after=" + cursor,
            "/api/v1/windows?job=other&order=asc&after=" + tampered
        }) {
            Answer answer = send(get(target));
            answer.assertProblem(400);
            assertThat(JsonPath.from(answer.body()).getList("violations.parameter"))
                    .isEqualTo(java.util.List.of("after"));
        }
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                arguments("unknown path", get("/nothing"), 404),
                arguments("unknown path of the API", get("/api/v1/nothing"), 404),
                arguments("unknown path below /q", get("/q/nothing"), 404),
                arguments("API root", get("/api/v1"), 404),
                arguments("path with encoded dots and slashes", get("/api/v1/windows/..%2f..%2fetc"), 404),
                arguments("path with dots", get("/api/v1/windows/../../etc/passwd"), 404),
                arguments("path double-encoded", get("/api/v1/windows/%252e%252e%252f"), 404),
                arguments("path with NUL", get("/api/v1/windows/%00"), 404),
                arguments("path with trailing dots", get("/api/v1/windows/x..."), 404),
                arguments("path of 3 000 characters", get("/api/v1/windows/" + "x".repeat(3_000)), 404),
                arguments("POST", request("POST", "/api/v1/windows", ""), 405),
                arguments("PUT on one window", request("PUT", "/api/v1/windows/x", ""), 405),
                arguments("DELETE on the stream", request("DELETE", "/api/v1/stream", ""), 405),
                arguments("TRACE", request("TRACE", "/api/v1/windows", ""), 405),
                arguments("unknown method", request("BREW", "/api/v1/windows", ""), 405),
                arguments("POST of dead letters", request("POST", DEAD_LETTERS, ""), 405),
                arguments("below late records", get(LATE + "/x"), 404),
                arguments("Accept xml", request("GET", WINDOWS, "Accept: application/xml\r\n"), 406),
                arguments("Accept xml of late records", request("GET", LATE, "Accept: application/xml\r\n"), 406),
                arguments("Accept */*;q=0", request("GET", WINDOWS, "Accept: */*;q=0\r\n"), 406),
                arguments(
                        "Accept json on the stream",
                        request("GET", "/api/v1/stream", "Accept: application/json\r\n"),
                        406),
                arguments(
                        "Accept event-stream;q=0",
                        request("GET", "/api/v1/stream", "Accept: text/event-stream;q=0, */*\r\n"),
                        406));
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
                arguments("header of 30 KB", request("GET", WINDOWS, "X-A: " + "a".repeat(30_000) + "\r\n"), 431),
                arguments("request line of 5 KB", get(WINDOWS + "&key=" + "k".repeat(5_000)), 414),
                arguments(
                        "body of 10 MB announced",
                        "POST /api/v1/windows HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10485760\r\n\r\n",
                        413),
                arguments("path with broken percent", get("/api/v1/windows/%zz"), 400),
                arguments("key broken percent", get(WINDOWS + "&key=%2"), 400),
                arguments("key percent without digits", get(WINDOWS + "&key=%zz"), 400),
                arguments(
                        "two content lengths",
                        "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n",
                        400),
                arguments("no HTTP at all", "\u0016\u0003\u0001hello\r\n\r\n", 400));
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
        return Stream.of(
                arguments("10-year range", get(WINDOWS + "&from=2016-11-20T06:00:00Z&to=2026-11-20T06:00:00Z")),
                arguments("job of control characters", get(DEAD_LETTERS + "?job=%00%1b%0d%0a")),
                arguments("job of JSON", get(LATE + "?job=%7B%22query%22:%7B%7D%7D")),
                arguments("topic ..", get(DEAD_LETTERS + "?topic=..")),
                arguments("spec unknown", get(LATE + "?job=nobody&spec=x(1y)")),
                arguments("to far but allowed", get(WINDOWS + "&to=9999-12-31T23:59:59.999Z")),
                arguments(
                        "transfer encoding beats content length",
                        "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
                arguments("Accept missing", get("/api/v1/jobs")),
                arguments("Content-Type wrong", request("GET", "/api/v1/jobs", "Content-Type: text/xml\r\n")),
                arguments(
                        "body on GET",
                        "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"),
                arguments(
                        "gzip bomb as body",
                        "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
                arguments("HEAD", request("HEAD", "/api/v1/jobs", "")),
                arguments("OPTIONS", request("OPTIONS", "/api/v1/jobs", "")),
                arguments("HTTP/1.0", "GET /api/v1/jobs HTTP/1.0\r\n\r\n"),
                arguments(
                        "absolute URI",
                        "GET http://localhost/api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                arguments("Origin foreign", request("GET", "/api/v1/jobs", "Origin: http://evil.example\r\n")),
                arguments(
                        "X-Forwarded spoofed",
                        request(
                                "GET",
                                "/api/v1/jobs",
                                "X-Forwarded-Host: evil.example\r\nX-Forwarded-For: 1.1.1.1\r\n")),
                arguments("Range", request("GET", "/api/v1/jobs", "Range: bytes=0-1\r\n")),
                arguments("If-None-Match garbage", request("GET", "/api/v1/jobs", "If-None-Match: \"\"x\r\n")),
                arguments(
                        "Authorization that nobody asked for",
                        request("GET", "/api/v1/jobs", "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.\r\n")),
                arguments("HEAD on the stream", request("HEAD", "/api/v1/stream", "")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tolerated")
    void shouldAnswerAsIfNothingWereWrong(String name, String request) throws IOException {
        // When
        Answer answer = send(request);
        // Then
        assertThat(answer.status()).as(answer.head()).isIn(200, 404);
        assertThat(answer.head()).doesNotContain("access-control-allow", "evil.example");
        assertThat(answer.body()).doesNotContain("<html", "Exception");
    }

    @Test
    void shouldNotEchoControlCharacters() {
        given().queryParam("job", "a\u001b[31m\r\nSet-Cookie: x")
                .get("/api/v1/windows")
                .then()
                .statusCode(404)
                .body("violations.parameter", hasItem("job"))
                .body("detail", equalTo("there is no job 'a?[31m??Set-Cookie: x'; /api/v1/jobs lists them"));
    }

    private static String get(String target) {
        return request("GET", target, "");
    }

    private Answer send(String request) throws IOException {
        return new RawHttp(root).send(request);
    }
}
