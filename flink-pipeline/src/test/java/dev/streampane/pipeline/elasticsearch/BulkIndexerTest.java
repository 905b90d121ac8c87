// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.pipeline.elasticsearch.BulkIndexer.Outcome;
import dev.streampane.pipeline.elasticsearch.BulkIndexer.Outcome.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BulkIndexerTest {

    private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @CsvSource({
        "200, TAKEN",
        "201, TAKEN",
        "409, TAKEN",
        "400, LATER",
        "404, LATER",
        "413, LATER",
        "401, LATER",
        "403, LATER",
        "408, LATER",
        "429, LATER",
        "500, LATER",
        "503, LATER"
    })
    void shouldTellFromTheStatusOfADocumentWhatBecameOfIt(int status, Kind kind) throws IOException {
        var outcomes = index(1, actions -> StubElasticsearch.each(actions, action -> status));
        assertThat(outcomes).extracting(Outcome::kind).containsExactly(kind);
        assertThat(outcomes.get(0).cause()).isEqualTo(kind == Kind.TAKEN ? "" : status + " stub: said so");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 408, 413, 429, 500, 502, 503, 504})
    void shouldTryAgainLaterWhenTheRequestItselfIsNotTaken(int status) throws IOException {
        var outcomes = index(3, actions -> new StubElasticsearch.Answer(status, "no JSON"));
        assertThat(outcomes).extracting(Outcome::kind).containsOnly(Kind.LATER).hasSize(3);
    }

    @Test
    void shouldTryAgainLaterWhenTheAnswerIsNone() throws IOException {
        assertThat(index(1, actions -> new StubElasticsearch.Answer(200, "<html>")))
                .extracting(Outcome::kind)
                .containsExactly(Kind.LATER);
        assertThat(index(1, actions -> new StubElasticsearch.Answer(200, "{}")))
                .extracting(Outcome::kind)
                .containsExactly(Kind.LATER);
    }

    @Test
    void shouldTryAgainLaterWhenNobodyListens() throws IOException {
        try (var client = new ElasticsearchClient(StubElasticsearch.access(URI.create("http://127.0.0.1:1")))) {
            assertThat(new BulkIndexer(client).index(groups(2)).join())
                    .extracting(Outcome::kind)
                    .containsExactly(Kind.LATER, Kind.LATER);
        }
    }

    @Test
    void shouldAskTheNextNodeUnderTheCommonPathWhenOneIsAway() throws IOException {
        try (var stub = new StubElasticsearch(actions -> StubElasticsearch.each(actions, action -> 200));
                var client = new ElasticsearchClient(StubElasticsearch.access(
                        URI.create("http://127.0.0.1:1/search"), stub.url().resolve("/search")))) {
            assertThat(new BulkIndexer(client).index(groups(1)).join()).containsExactly(Outcome.TAKEN);
        }
    }

    @Test
    void shouldSendHalvesUntilTheDocumentAtFaultIsAlone() throws IOException {
        var outcomes = index(
                8,
                actions -> actions.stream().anyMatch(a -> a.get("_id").asText().equals("5"))
                        ? new StubElasticsearch.Answer(
                                400, "{\"error\":{\"type\":\"action_request_validation_exception\",\"reason\":\"id\"}}")
                        : StubElasticsearch.each(actions, action -> 200));
        assertThat(outcomes)
                .extracting(Outcome::kind)
                .containsExactly(
                        Kind.TAKEN,
                        Kind.TAKEN,
                        Kind.TAKEN,
                        Kind.TAKEN,
                        Kind.TAKEN,
                        Kind.REFUSED,
                        Kind.TAKEN,
                        Kind.TAKEN);
        assertThat(outcomes.get(5).cause()).isEqualTo("400 action_request_validation_exception: id");
        assertThat(sizes).containsExactly(8, 4, 4, 2, 1, 1, 2);
    }

    @Test
    void shouldSendHalvesOfARequestThatIsTooLarge() throws IOException {
        var outcomes = index(
                8,
                actions -> actions.size() > 2
                        ? new StubElasticsearch.Answer(413, "no JSON")
                        : StubElasticsearch.each(actions, action -> 200));
        assertThat(outcomes).extracting(Outcome::kind).containsOnly(Kind.TAKEN).hasSize(8);
        assertThat(sizes).containsExactly(8, 4, 2, 2, 4, 2, 2);
    }

    @Test
    void shouldGiveTheCauseInOneShortLine() throws IOException {
        String words = "first\\nsecond" + "x".repeat(1_000);
        var outcomes = index(
                1,
                actions -> new StubElasticsearch.Answer(
                        400,
                        "{\"error\":{\"type\":\"outer\",\"reason\":\"o\",\"caused_by\":{\"type\":\"inner\",\"reason\":\""
                                + words
                                + "\"}}}"));
        assertThat(outcomes.get(0).cause())
                .startsWith("400 outer: o, caused by inner: first secondxxx")
                .hasSize(501)
                .endsWith("…");
    }

    @Test
    void shouldSettleAGroupAsAWhole() throws IOException {
        try (var stub = new StubElasticsearch(actions ->
                        StubElasticsearch.each(actions, a -> a.get("version").asInt()));
                var client = new ElasticsearchClient(StubElasticsearch.access(stub.url()))) {
            assertThat(new BulkIndexer(client)
                            .index(List.of(
                                    List.of(document(200), document(400)),
                                    List.of(document(400), document(429)),
                                    List.of(document(409), document(200)),
                                    List.of(document(503), document(200))))
                            .join())
                    .extracting(Outcome::kind)
                    .containsExactly(Kind.REFUSED, Kind.LATER, Kind.TAKEN, Kind.LATER);
        }
    }

    private List<Outcome> index(int groups, Function<List<JsonNode>, StubElasticsearch.Answer> answers)
            throws IOException {
        try (var stub = new StubElasticsearch(actions -> {
                    sizes.add(actions.size());
                    return answers.apply(actions);
                });
                var client = new ElasticsearchClient(StubElasticsearch.access(stub.url()))) {
            return new BulkIndexer(client).index(groups(groups)).join();
        }
    }

    private static List<List<IndexRequest.Document>> groups(int count) {
        return IntStream.range(0, count).mapToObj(i -> List.of(document(i))).toList();
    }

    private static IndexRequest.Document document(int number) {
        return new IndexRequest.Document("index", "" + number, number, "{}".getBytes(StandardCharsets.UTF_8));
    }
}
