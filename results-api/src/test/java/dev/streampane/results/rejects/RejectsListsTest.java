// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.results.FakeLog;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Settings;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Readers;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Vetoed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RejectsListsTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A log whose topics' ids and answers are as the test wants them. */
    @Vetoed
    private static final class Changed extends FakeLog {
        private String life = "";
        private boolean silent;

        private Changed() {
            super(() -> 7);
        }

        @Override
        public Uni<TopicLayout> layout(String name) {
            return super.layout(name)
                    .map(one -> new TopicLayout(name, one.topicId() + life, one.beginnings(), one.ends()));
        }

        @Override
        public Uni<Chunk> read(String name, int partition, long from, long end, int maxBytes) {
            return silent ? Uni.createFrom().nothing() : super.read(name, partition, from, end, maxBytes);
        }
    }

    private final Changed log = new Changed();
    private String timeout = "30s";

    RejectsListsTest() {
        for (String topic : List.of("dead-letters", "t")) {
            log.topic(topic, 2);
            for (int n = 0; n < 40; n++) {
                log.add(topic, n % 2, "k", "v", Map.of("job", "a", "reason", "type"), Instant.ofEpochMilli(n));
            }
        }
    }

    @Test
    void shouldAnswerAnEmptyPageWhenThereIsNoSuchTopic() throws IOException {
        assertThat(page(RejectKind.LATE, "job=a"))
                .hasToString("{\"items\":[],\"next\":null,\"truncated\":false,\"scannedTo\":null}");
    }

    @Test
    void shouldSayThatThereIsMoreAndHowFarItCame() throws IOException {
        // When
        JsonNode page = page("job=a&limit=3");
        // Then
        assertThat(page.get("items")).hasSize(3);
        assertThat(page.get("truncated").asBoolean()).isTrue();
        assertThat(page.get("scannedTo").asText()).isEqualTo("1970-01-01T00:00:00.037Z");
        JsonNode rest = page("job=a&limit=200&after=" + page.get("next").asText());
        assertThat(rest.get("items")).hasSize(37);
        assertThat(rest.at("/items/0/appended").asText()).isEqualTo("1970-01-01T00:00:00.036Z");
        assertThat(rest.get("truncated").asBoolean()).isFalse();
        assertThat(rest.get("next").isNull()).isTrue();
    }

    @Test
    void shouldBindTheCursorToTheQueryButNotToTheSizeOfThePage() throws IOException {
        // Given
        String after = "&after=" + page("job=a&limit=3").get("next").asText();
        // Then
        assertThat(page("job=a&limit=5" + after).get("items")).hasSize(5);
        for (String other : new String[] {
            "", "job=b", "job=a&reason=type", "job=a&topic=t",
            "job=a&partition=0", "job=a&order=asc", "job=a&from=1970-01-01T00:00:00Z", "job=a&to=1971-01-01T00:00:00Z"
        }) {
            assertRefused(other + after);
        }
        assertThatThrownBy(() -> RejectsQuery.of(RejectKind.LATE, "job=a" + after))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void shouldReadNothingOfAnInputButThePartitionThatIsAskedFor() throws IOException {
        // Given
        JsonNode first = page(RejectKind.INPUT, "topic=t&partition=1&limit=15");
        String after = "&after=" + first.get("next").asText();
        // When
        JsonNode rest = page(RejectKind.INPUT, "topic=t&partition=1" + after);
        // Then
        assertThat(first.get("items").findValuesAsText("partition")).hasSize(15).containsOnly("1");
        assertThat(rest.get("items").findValuesAsText("partition")).hasSize(5).containsOnly("1");
        assertThat(rest.get("next").isNull()).isTrue();
        assertThat(page(RejectKind.INPUT, "topic=t&partition=2").get("items")).isEmpty();
        for (String other : List.of("topic=t", "topic=t&partition=0", "topic=u&partition=1")) {
            assertThatThrownBy(() -> page(RejectKind.INPUT, other + after))
                    .as(other)
                    .hasMessageContaining("after: is not a cursor of this query");
        }
    }

    @Test
    void shouldRefuseTheCursorOfAnEarlierLifeOfTheTopic() throws IOException {
        // Given
        String after = "&after=" + page("job=a&limit=3").get("next").asText();
        // When
        log.life = "another";
        // Then
        assertThatThrownBy(() -> page("job=a" + after))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("deleted or recreated");
    }

    @Test
    void shouldSayWhatWasDeletedSinceTheFirstPage() throws IOException {
        // Given
        String after = "&after=" + page("job=a&order=asc&limit=4").get("next").asText();
        // When
        log.expire("dead-letters", 0, 10);
        log.expire("dead-letters", 1, 10);
        JsonNode page = page("job=a&order=asc&limit=200" + after);
        // Then
        assertThat(page.get("items")).hasSize(20);
        assertThat(page.get("truncated").asBoolean()).isTrue();
        assertThat(page.get("next").isNull()).isTrue();
        assertThat(page.get("reason").asText()).contains("deleted");
    }

    @ParameterizedTest
    @CsvSource({
        "from=1970-01-01T00:00:00.037Z, 39 38 37",
        "from=1970-01-01T00:00:00.0375Z, 39 38",
        "to=1970-01-01T00:00:00.002Z, 1 0",
        "to=1970-01-01T00:00:00.0025Z, 2 1 0",
        "from=1970-01-01T00:00:00.010Z&to=1970-01-01T00:00:00.012Z, 11 10"
    })
    void shouldTakeBoundsFinerThanAppendTimesAre(String bounds, String shown) throws IOException {
        List<String> millis = new ArrayList<>();
        for (JsonNode item : page("job=a&" + bounds).get("items")) {
            long time = Instant.parse(item.get("appended").asText()).toEpochMilli();
            millis.add(Long.toString(time));
        }
        assertThat(String.join(" ", millis)).isEqualTo(shown);
    }

    @Test
    void shouldAnswer503WhenNothingListensWhereTheBrokerShouldBe() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        KafkaAccess kafka = new KafkaAccess(Map.of("bootstrap.servers", "127.0.0.1:" + port));
        timeout = "300ms";
        try (LogReaders readers = new LogReaders(kafka, config())) {
            assertUnavailable(() -> page(readers, RejectKind.LATE, "job=a"));
        }
    }

    @Test
    void shouldAnswer503WhenTheBrokerIsSilent() {
        log.silent = true;
        timeout = "300ms";
        // Then
        assertUnavailable(() -> page("job=a"));
    }

    private static void assertUnavailable(ThrowingCallable page) {
        assertThatThrownBy(page).isInstanceOfSatisfying(ProblemException.class, failure -> {
            assertThat(failure.problem().status()).isEqualTo(503);
            assertThat(failure.problem().type()).isEqualTo(ProblemType.LOG_UNAVAILABLE);
            assertThat(failure.problem().headers()).containsKey("Retry-After");
        });
    }

    private void assertRefused(String query) {
        assertThatThrownBy(() -> page(query))
                .as(query)
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("after: is not a cursor of this query");
    }

    private ResultsConfig config() {
        return Settings.with(Map.of("results.rejects.timeout", timeout));
    }

    private JsonNode page(String query) throws IOException {
        return page(RejectKind.DEAD_LETTER, query);
    }

    private JsonNode page(RejectKind kind, String query) throws IOException {
        return page(log, kind, query);
    }

    private JsonNode page(LogReaders readers, RejectKind kind, String query) throws IOException {
        return JSON.readTree(new RejectsLists(readers, config())
                .page(RejectsQuery.of(kind, query), Readers.of("admin"))
                .await()
                .indefinitely());
    }
}
