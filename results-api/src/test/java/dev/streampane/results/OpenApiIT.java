// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.streampane.contract.AuditLine;
import dev.streampane.local.ContractFiles;
import dev.streampane.local.audit.TestLine;
import dev.streampane.results.problem.ProblemType;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.vertx.ext.web.Router;
import jakarta.inject.Inject;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The OpenAPI document says what the code does, no less and no more. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class OpenApiIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ALLOWED = "is not a parameter; allowed are ";

    /** Parameters whose names the caller makes by a rule. */
    private static final String NAMED = "<named by a rule>";

    @RealServers.Running
    Log log;

    @Inject
    Router router;

    private ApiDescription description;
    private JsonNode document;

    @BeforeEach
    void read() {
        await().until(() -> Served.management().get("/q/health/ready").statusCode() == 200);
        description = ApiDescription.read();
        document = description.document();
    }

    @Test
    void shouldDescribeEachPathThatThereIsAndNoOther() {
        // Given
        Stream<String> resources = resources();
        Stream<String> routes = router.getRoutes().stream()
                .map(route -> Optional.ofNullable(route.getPath()).orElse(""))
                .filter(path -> path.startsWith("/api/"))
                .map(path -> path.replaceAll(":([a-z]+)", "{$1}"));
        // Then
        Set<String> described = new TreeSet<>();
        document.get("paths").fieldNames().forEachRemaining(described::add);
        assertThat(described)
                .isEqualTo(Stream.concat(resources, routes).collect(Collectors.toCollection(TreeSet::new)));
        assertThat(document.at("/paths/~1api~1v1~1tickets/post/responses").fieldNames())
                .toIterable()
                .contains("413", "503");
    }

    /** Each path refuses a parameter that nobody has and names those that it takes. */
    @Test
    void shouldDescribeEachParameterThatIsTakenAndNoOther() {
        List<String> wrong = new ArrayList<>();
        operations((path, operation) -> {
            Set<String> described = new TreeSet<>();
            for (JsonNode parameter : operation.path("parameters")) {
                JsonNode one = resolved(parameter);
                if (one.get("in").asText().equals("query")) {
                    described.add(
                            one.at("/schema/type").asText().equals("object")
                                    ? NAMED
                                    : one.get("name").asText());
                }
            }
            Set<String> taken = taken(path);
            if (!described.equals(taken)) {
                wrong.add(path + ": described " + described + ", taken " + taken);
            }
        });
        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldSayThatTextsAreMeasuredInBytes() {
        JsonNode parameters = document.at("/paths/~1api~1v1~1jobs~1{job}~1keys/get/parameters");
        // 256 characters of two bytes
        answer(400, "/api/v1/jobs/x/keys?prefix=" + "é".repeat(256));
        assertThat(parameters.findValuesAsText("description")).contains("At most 256 bytes of UTF-8");
    }

    /** They are, and are not, by {@code HttpLinesIT}. */
    @Test
    void shouldSayThatAnswersAreCompressedAndStreamsAreNot() {
        assertThat(document.at("/info/description").asText())
                .containsPattern("(?s)compressed for clients that accept\\s+gzip, streams of events\\s+never");
    }

    @Test
    void shouldShowExamplesThatAreValid() {
        List<String> wrong = new ArrayList<>();
        operations((path, operation) -> {
            for (JsonNode parameter : operation.path("parameters")) {
                JsonNode one = resolved(parameter);
                if (one.has("example")) {
                    check(path, one.get("schema"), one.get("example"), wrong);
                }
            }
            operation.path("responses").forEach(response -> contents(path, resolved(response), wrong));
            contents(path, operation.path("requestBody"), wrong);
        });
        document.at("/components/responses")
                .properties()
                .forEach(response -> contents(response.getKey(), response.getValue(), wrong));
        assertThat(wrong).isEmpty();
    }

    /** What Swagger UI sends when nothing is filled in: examples and defaults. The stream does not end. */
    @Test
    void shouldTakeWhatItIsPreFilledWith() {
        List<String> refused = new ArrayList<>();
        operations((operation, described) -> {
            String[] words = operation.split(" ");
            String path = words[1];
            RequestSpecification request = given();
            for (JsonNode parameter : described.path("parameters")) {
                JsonNode one = resolved(parameter);
                String name = one.get("name").asText();
                JsonNode value = one.has("example") ? one.get("example") : one.at("/schema/default");
                if (one.get("in").asText().equals("path")) {
                    path = path.replace("{" + name + "}", value.asText());
                } else if (value.isObject()) {
                    value.properties()
                            .forEach(bound -> request.queryParam(
                                    bound.getKey(), bound.getValue().asText()));
                } else if (!value.isMissingNode()) {
                    request.queryParam(name, value.asText());
                }
            }
            if (!path.equals("/api/v1/stream")
                    && request.request(words[0], path).statusCode() == 400) {
                refused.add(operation);
            }
        });
        assertThat(refused).isEmpty();
    }

    @Test
    void shouldListEachProblem() {
        List<String> listed = new ArrayList<>();
        document.at("/components/schemas/Problem/properties/type/enum").forEach(type -> listed.add(type.asText()));
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemType.values())
                        .map(type -> "/problems/" + type.code())
                        .toList());
    }

    @Test
    void shouldReferToWhatIsThere() {
        for (String ref : document.findValuesAsText("$ref")) {
            assertThat(document.at(ref.substring(1)).isMissingNode()).as(ref).isFalse();
        }
    }

    /** What one finds in a result or an alert is what the contract has. */
    @Test
    void shouldShowResultsAndAlertsOfTheContracts() {
        for (String[] one : new String[][] {{"windows", "window-result"}, {"alerts", "alert"}}) {
            String shown = document.at("/paths/~1api~1v1~1"
                            + one[0]
                            + "/get/responses/200/content/application~1json/example/items/0")
                    .toString();
            assertThat(ContractFiles.of(one[1]).violations(shown.getBytes(UTF_8)))
                    .isEmpty();
        }
        ok("/q/swagger-ui/");
    }

    @Test
    void shouldAnswerAsItDescribes() throws IOException {
        // Given
        log.put("window-results", 0, "k", Fixtures.result("described", "k", Fixtures.SIX));
        log.put(
                "alerts",
                0,
                "7",
                Fixtures.text(Fixtures.contract("alert").resolve("examples/small-then-large.json"))
                        .replace("large~7~", "large~described~"));
        // an input whose offsets no other test counts
        log.put("telegraf", 0, "described", "{}");
        AuditLine.Key key = new AuditLine.Key("described", 1, "telegraf", "t", 0);
        log.put(
                "audit",
                null,
                "described/telegraf/0",
                TestLine.of(key, 0, 0).rejected(1).json());
        log.begin()
                .add(Fixtures.record("dead-letters", 0, Fixtures.rejectHeaders("described", "reason", "type")))
                .add(Fixtures.record("late-records", 0, Fixtures.rejectHeaders("described", "spec", "tumbling(1m)")))
                .commit();
        await().until(() -> given().get("/api/v1/windows?job=described").statusCode() == 200
                && !given().get("/api/v1/alerts").path("items").equals(List.of())
                && given().get("/api/v1/records?topic=telegraf").statusCode() == 200);
        String window = "/api/v1/windows/" + Fixtures.id("described", "k", Fixtures.SIX);
        String alert = given().get("/api/v1/alerts").path("items[0].id");
        Set<String> answered = new TreeSet<>();
        for (String asked : List.of(
                "GET /api/v1/windows?job=described",
                "GET " + window,
                "GET " + window + "/history",
                "GET /api/v1/windows/aggregate?job=described&metric=load&fn=sum",
                "GET /api/v1/windows/aggregate?job=described&metric=load&fn=sum&groupBy=key",
                "GET /api/v1/alerts",
                "GET /api/v1/alerts/" + alert,
                "GET /api/v1/jobs",
                "GET /api/v1/jobs/described/keys",
                "GET /api/v1/status",
                "GET /api/v1/audit",
                "GET /api/v1/watermarks",
                "GET /api/v1/dead-letters",
                "GET /api/v1/late",
                "GET /api/v1/records?topic=telegraf",
                "POST /api/v1/tickets")) {
            // When
            String[] words = asked.split(" ");
            Response answer = given().urlEncodingEnabled(false).request(words[0], words[1]);
            // Then
            String path = words[1].replaceAll("[?].*", "");
            assertThat(description.violations(words[0], path, answer)).as(asked).isEmpty();
            assertThat(answer.statusCode()).as(asked + answer.asString()).isBetween(200, 299);
            assertThat(answer.<Object>path("items")).as(asked).isNotEqualTo(List.of());
            answered.add(description
                    .operation(words[0], path)
                    .orElseThrow()
                    .get("operationId")
                    .asText());
        }
        answered.addAll(List.of("explainWindow", "streamWindows")); // by ExplainIT; by StreamIT
        Set<String> described = new TreeSet<>();
        operations(
                (path, operation) -> described.add(operation.get("operationId").asText()));
        assertThat(answered).isEqualTo(described);
        assertThat(RestAssured.filters()).hasAtLeastOneElementOfType(DescribedAnswers.class);
        Response csv = given().accept("text/csv").get("/api/v1/windows?job=described");
        assertThat(csv.contentType()).startsWith("text/csv;");
    }

    private static Stream<String> resources() {
        // Classes of others are not needed, and cannot be read through the class loader of this
        // test.
        JavaClasses classes = ArchConfiguration.withThreadLocalScope(configuration -> {
            configuration.setResolveMissingDependenciesFromClassPath(false);
            return new ClassFileImporter().importPath("target/classes");
        });
        return classes.stream()
                .filter(type -> type.isAnnotatedWith(Path.class))
                .flatMap(type -> type.getMethods().stream()
                        .filter(OpenApiIT::answers)
                        .map(method -> type.getAnnotationOfType(Path.class).value()
                                + method.tryGetAnnotationOfType(Path.class)
                                        .map(Path::value)
                                        .orElse("")));
    }

    private static boolean answers(JavaMethod method) {
        return method.getAnnotations().stream()
                .map(annotation -> annotation.getRawType().getSimpleName())
                .anyMatch(Set.of("GET", "POST", "PUT", "DELETE")::contains);
    }

    private void operations(BiConsumer<String, JsonNode> each) {
        document.get("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(operation -> each.accept(
                        operation.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey(),
                        operation.getValue())));
    }

    private static Set<String> taken(String operation) {
        String[] words = operation.split(" ");
        Response response = given().header("Accept", "*/*")
                .request(words[0], words[1].replaceAll("\\{[^}]*}", "x") + "?no-such-parameter=1");
        assertThat(response.statusCode()).as(operation + response.asString()).isEqualTo(400);
        String detail = JsonPath.from(response.asString())
                .getString("violations.find { it.parameter == 'no-such-parameter' }.detail");
        assertThat(detail).as(operation).startsWith(ALLOWED);
        String names = detail.substring(ALLOWED.length());
        return Arrays.stream(names.split(", "))
                .filter(name -> !name.equals("none"))
                .map(name -> name.startsWith("<") ? NAMED : name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void contents(String where, JsonNode response, List<String> wrong) {
        response.path("content").properties().forEach(content -> {
            JsonNode schema = content.getValue().path("schema");
            if (content.getValue().has("example")) {
                check(where, schema, content.getValue().get("example"), wrong);
            }
            content.getValue().path("examples").forEach(example -> check(where, schema, example.get("value"), wrong));
        });
    }

    private void check(String where, JsonNode schema, JsonNode example, List<String> wrong) {
        description.violations(schema, example).forEach(error -> wrong.add(where + ": " + error));
    }

    private JsonNode resolved(JsonNode node) {
        return description.resolved(node);
    }
}
