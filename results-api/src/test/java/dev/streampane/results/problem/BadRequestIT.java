// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import static dev.streampane.results.RawHttp.request;
import static dev.streampane.results.Served.answer;
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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @TestHTTPResource("/")
    URI root;

    @RealServers.Running
    Store store;

    @BeforeEach
    void awaitFeed() {
        Served.awaitReady();
        // what other tests have pushed out of the tail
        store.acknowledge(Served.position());
    }

    /** Of each resource what it alone may say of a parameter; {@link ParametersTest} has what all say of those of a kind. */
    static Stream<Arguments> parameters() {
        return Stream.of(
                arguments("/api/v1/windows", "job"),
                arguments("/api/v1/windows?job=" + "j".repeat(101), "job"),
                arguments(WINDOWS + "&key=" + "k".repeat(257), "key"),
                arguments(WINDOWS + "&key=a".repeat(101), "key"),
                arguments(WINDOWS + "&spec=+", "spec"),
                arguments(WINDOWS + "&spec=a".repeat(21), "spec"),
                arguments(WINDOWS + "&status=EARLY", "status"),
                arguments(WINDOWS + "&kind=hopping", "kind"),
                arguments(WINDOWS + "&avg_temp.gte=warm", "avg_temp.gte"),
                arguments(WINDOWS + "&fields=key,log.offset", "fields"),
                arguments(WINDOWS + "&from=2026-11-20T06:00:00", "from"),
                arguments(WINDOWS + "&from=1968-12-30T23:59:59.999Z", "from"),
                arguments(WINDOWS + "&from=2026-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "to"),
                arguments(WINDOWS + "&from=2015-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "from"),
                arguments(WINDOWS + "&limit=501", "limit"),
                arguments(WINDOWS + "&order=_id", "order"),
                arguments(WINDOWS + "&after=garbage", "after"),
                arguments(WINDOWS + "&%3Cscript%3E=1", "<script>"),
                arguments(WINDOWS + "&x=1".repeat(600), "x"),
                arguments("/api/v1/windows/x?job=a", "job"),
                arguments("/api/v1/windows/x?atLeast=alerts~a~1&atLeast=alerts~a~1", "atLeast"),
                arguments("/api/v1/windows/x/history?limit=0", "limit"),
                arguments("/api/v1/windows/x/history?after=x", "after"),
                arguments("/api/v1/windows/aggregate", "job"),
                arguments(ROLL + "&fn=AVG", "fn"),
                arguments(ROLL + "&interval=0s", "interval"),
                arguments(ROLL + "&interval=day&zone=Mars", "zone"),
                arguments(ROLL + "&interval=1h&zone=Europe/Berlin", "zone"),
                arguments(ROLL + "&metric=*", "metric"),
                arguments(ROLL + "&key=a&key=b", "key"),
                arguments(ROLL + "&spec=+", "spec"),
                arguments(ROLL + "&from=2015-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "from"),
                arguments(KEYS + "?prefix=" + "k".repeat(257), "prefix"),
                arguments(KEYS + "?limit=501", "limit"),
                arguments(KEYS + "?after=garbage", "after"),
                arguments(ALERTS + "?client=" + "k".repeat(257), "client"),
                arguments(ALERTS + "?pattern=", "pattern"),
                arguments(ALERTS + "?limit=501", "limit"),
                arguments(ALERTS + "?order=up", "order"),
                arguments(ALERTS + "?after=abc", "after"),
                arguments(ALERTS + "?from=2015-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "from"),
                arguments("/api/v1/jobs?after=x", "after"),
                arguments("/api/v1/audit?topic=", "topic"),
                arguments("/api/v1/audit?partition=2147483648", "partition"),
                arguments("/api/v1/audit?offset=9223372036854775808", "offset"),
                arguments("/api/v1/watermarks?job=a&job=b", "job"),
                arguments("/api/v1/stream?spec=+", "spec"),
                arguments("/api/v1/stream?emit=late", "emit"),
                arguments("/api/v1/stream?snapshot=101", "snapshot"),
                arguments("/api/v1/stream?key=a" + "&key=b".repeat(600), "key"));
    }

    /** Of the lists of what jobs did not count, and of what they read. */
    static Stream<Arguments> parametersOfRejects() {
        Stream<Arguments> both = Stream.of(DEAD_LETTERS + "?", LATE + "?")
                .flatMap(path -> Stream.of(
                        arguments(path + "job=" + "j".repeat(101), "job"),
                        arguments(path + "topic=" + "t".repeat(250), "topic"),
                        arguments(path + "partition=2147483648", "partition"),
                        arguments(path + "from=2026-11-20T06:00:00Z&to=2026-11-20T06:00:00Z", "to"),
                        arguments(path + "limit=201", "limit"),
                        arguments(path + "order=_id", "order"),
                        arguments(path + "after=garbage", "after")));
        Stream<Arguments> own = Stream.of(
                arguments(DEAD_LETTERS + "?reason=late", "reason"),
                arguments(DEAD_LETTERS + "?reason=type&reason=null", "reason"),
                arguments(LATE + "?reason=type", "reason"),
                arguments(DEAD_LETTERS + "?spec=tumbling(1m)", "spec"),
                arguments(LATE + "?spec=+", "spec"),
                arguments(LATE + "?spec=" + "s".repeat(201), "spec"),
                arguments(RECORDS, "topic"),
                arguments(RECORDS + "?topic=a&partition=-1", "partition"),
                arguments(RECORDS + "?topic=a&first=x", "first"),
                arguments(RECORDS + "?topic=a&first=2&last=1", "last"),
                arguments(RECORDS + "?topic=a&kind=reading", "kind"),
                arguments(RECORDS + "?topic=a&job=a", "job"),
                arguments(RECORDS + "?topic=a&limit=201", "limit"),
                arguments(RECORDS + "?topic=a&after=garbage", "after"));
        return Stream.concat(both, own);
    }

    @ParameterizedTest
    @MethodSource({"parameters", "parametersOfRejects"})
    void shouldNameParameter(String target, String parameter) throws IOException {
        // When
        Answer answer = send(get(target));
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
                    .isEqualTo(List.of("after"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                DEAD_LETTERS + "?job=%00%1b%0d%0a",
                LATE + "?job=%7B%22query%22:%7B%7D%7D",
                DEAD_LETTERS + "?topic=..",
                LATE + "?job=nobody&spec=x(1y)"
            })
    void shouldTakeATextWhateverItSays(String target) throws IOException {
        assertThat(send(get(target)).status()).isEqualTo(200);
    }

    @Test
    void shouldNotEchoControlCharacters() {
        answer(given().queryParam("job", "a\u001b[31m\r\nSet-Cookie: x"), 404, "/api/v1/windows")
                .body("violations.parameter", hasItem("job"))
                .body("detail", equalTo("there is no job 'a?[31m??Set-Cookie: x'; /api/v1/jobs lists them"));
    }

    /** Other characters that no reference has (RFC 3986) are refused before; what begins with two slashes would name a host. */
    @ParameterizedTest
    @CsvSource({
        "/api/v1/windows/%25~a.-_(b)%C3%A9@:c;d=1/history, /api/v1/windows/%25~a.-_(b)%C3%A9@:c;d=1/history",
        "/api/v1/none/\u00c3\u00a9, /api/v1/none/%C3%A9",
        "//elsewhere.example/x, /.//elsewhere.example/x"
    })
    void shouldReferToTheRequest(String path, String instance) throws IOException {
        for (String rest : List.of("", "x".repeat(500))) {
            // When
            Answer answer = send(get(path + rest + "?y=z"));
            // Then
            assertThat(JsonPath.from(answer.body()).getString("instance")).isEqualTo(instance + rest);
        }
    }

    private static String get(String target) {
        return request("GET", target, "");
    }

    private Answer send(String request) throws IOException {
        return new RawHttp(root).send(request);
    }
}
