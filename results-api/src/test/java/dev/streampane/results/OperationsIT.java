// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators and readers of the documentation see. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class OperationsIT {

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'; connect-src 'self'";

    @TestHTTPResource("/")
    URI root;

    @BeforeEach
    void awaitFeed() {
        Served.awaitReady();
    }

    @Test
    void shouldServeThePageWithItsPolicy() {
        String page = ok("/").contentType(containsString("text/html"))
                .header("Content-Security-Policy", equalTo(POLICY))
                .extract()
                .asString();
        assertThat(page).contains("Streampane</a></h1>").doesNotContain("http:", "https:");
        for (String file : List.of("main.js", "page.css", "icon.svg", "chart.umd.min.js")) {
            ok("/page/" + file).header("Content-Security-Policy", equalTo(POLICY));
        }
    }

    @Test
    void shouldServeEveryLinkOfThePage() throws Exception {
        var links = java.util.regex.Pattern.compile("href=\"([^\"#]+)\"")
                .matcher(Files.readString(Path.of("src/main/resources/META-INF/resources/index.html")));
        List<String> found = new ArrayList<>();
        while (links.find()) {
            String link = links.group(1);
            found.add(link);
            assertThat(given().get(link.startsWith("/") ? link : "/" + link).statusCode())
                    .as(link)
                    .isEqualTo(200);
        }
        assertThat(found).contains("/page/page.css", "/q/swagger-ui/", "/problems");
    }

    @Test
    void shouldTellHealthAndMetricsToWhomNamesThisMachineAlone() {
        for (String path : List.of("/q/health/ready", "/q/metrics")) {
            Served.management().header("Host", "evil.example").get(path).then().statusCode(421);
            answer(404, path);
        }
    }

    @Test
    void shouldCountUnderNothingThatClientsMakeUp() throws Exception {
        // Given
        RawHttp http = new RawHttp(root);
        // When
        for (String method : List.of("MADEUP", "PUT", "GET")) {
            http.send(RawHttp.request(method, "/api/v1/windows/made~up", ""));
        }
        http.send(RawHttp.request("OPTIONS", "/page/made~up", ""));
        http.send(RawHttp.request("GET", "/made~up/{id}", ""));
        http.send(RawHttp.request("GET", "/api/v1/windows", ""));
        // Then
        await().untilAsserted(
                        () -> assertThat(Served.management().get("/q/metrics").asString())
                                .contains(
                                        count("OTHER", 405, "UNKNOWN"),
                                        count("PUT", 405, "UNKNOWN"),
                                        count("GET", 404, "/api/v1/windows/{id}"),
                                        count("GET", 400, "/api/v1/windows"))
                                .doesNotContain("MADEUP", "made~up"));
    }

    private static String count(String method, int status, String uri) {
        return "http_server_requests_seconds_count{method=\"%s\",outcome=\"CLIENT_ERROR\",status=\"%d\",uri=\"%s\"}"
                .formatted(method, status, uri);
    }

    @Test
    void shouldRefuseAnAcceptThatNamesNothing() throws Exception {
        for (String path : List.of("/api/v1/stream", "/api/v1/windows", "/q/asyncapi")) {
            new RawHttp(root)
                    .send(RawHttp.request("GET", path, "Accept: ;\r\n"))
                    .assertProblem(406);
        }
    }

    @Test
    void shouldShowEachCheckByName() {
        await().untilAsserted(() -> Served.management() // Elasticsearch has a second to answer
                .get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("checks.name", hasItem("results-feed"))
                .body("checks.name", hasItem("elasticsearch"))
                .body("checks.name", hasItem("input-partitions"))
                .body("checks.name", hasItem("open-transactions"))
                .body("checks.find { it.name == 'results-feed' }.data.state", equalTo("READING"))
                .body("checks.find { it.name == 'elasticsearch' }.data.reachable", equalTo(true)));
        Served.management()
                .get("/q/health/live")
                .then()
                .statusCode(200)
                .body(
                        "checks.find { it.name == 'followers' }.data.keySet()",
                        hasItems("tail", "audit", "job-runs", "inputs", "previews"));
    }

    @Test
    void shouldExportEveryDocumentedMetric() throws Exception {
        given().get("/api/v1/windows/x");
        given().get("/api/v1/stream?x=1");
        String metrics = Served.management().get("/q/metrics").asString();
        String readme = Files.readString(Path.of("README.md"));
        var names = java.util.regex.Pattern.compile("(?m)^\\| `(streampane_[a-z_]+)")
                .matcher(readme);
        int count = 0;
        while (names.find()) {
            String name = names.group(1);
            count++;
            if (!name.matches(
                    "streampane_(input_.*|audit_(rows|holes|corrections|unbalanced_partition)|results_stream_(resets|closed|snapshots)_total)")) {
                assertThat(metrics).contains(name);
            }
        }
        assertThat(count).isGreaterThanOrEqualTo(10);
    }
}
