// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.live.StreamPlace.Followed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamPlaceTest {

    private static final String ALERT =
            """
            {"id":"a","job":"fraud-detection","generation":1,"client":"7","start":"2026-11-20T06:00:00Z",\
            "end":"2026-11-20T06:00:20Z"}""";
    private static final String RESULT =
            """
            {"id":"r","job":"weather-average","generation":1,"key":"7",\
            "window":{"start":"2026-11-20T06:00:00Z","end":"2026-11-20T06:01:00Z"}}""";

    private final Tail results = new Tail("window-results", 10, 1 << 20);
    private final Tail alerts = new Tail("alerts", 10, 1 << 20);

    @BeforeEach
    void fill() {
        results.open("R", new long[] {0, 0}, new long[] {0, 0}, List.of());
        for (int offset = 0; offset < 3; offset++) {
            results.append(
                    ResultEntry.decode(0, offset, RESULT.getBytes(StandardCharsets.UTF_8))
                            .orElseThrow());
        }
    }

    private void fillAlerts() {
        alerts.open("A", new long[] {0}, new long[] {0}, List.of());
        for (int offset = 0; offset < 2; offset++) {
            alerts.append(alert(offset));
        }
    }

    private static ResultEntry alert(long offset) {
        return ResultEntry.decodeAlert(0, offset, ALERT.getBytes(StandardCharsets.UTF_8))
                .orElseThrow();
    }

    private StreamPlace place() {
        return new StreamPlace(
                List.of(new Followed("window", results), new Followed("alert", alerts)));
    }

    /** Reads what there is, as {@code event@offset}. */
    private static List<String> read(StreamPlace place) {
        List<String> read = new ArrayList<>();
        for (int topic = 0; topic < place.topics(); topic++) {
            for (ResultEntry entry : place.next(topic, 100)) {
                if (place.pass(topic, entry)) {
                    read.add(place.event(topic) + '@' + entry.offset());
                }
            }
        }
        return read;
    }

    @Test
    void shouldSayWhereItIsInBothTopics() {
        fillAlerts();

        assertThat(place().position()).isEqualTo("alerts~A~2~~window-results~R~3.0");
        assertThat(read(place())).isEmpty();
    }

    @Test
    void shouldResumeInBothTopics() {
        // Given
        fillAlerts();
        StreamPlace place = place();

        // When
        assertThat(place.resume("alerts~A~1~~window-results~R~1.0")).isEmpty();

        // Then
        assertThat(read(place)).containsExactly("alert@1", "window@1", "window@2");
        assertThat(place.position()).isEqualTo("alerts~A~2~~window-results~R~3.0");
    }

    @Test
    void shouldResumeAtAPositionOfOneTopicAndBeginNowInTheOther() {
        // Given
        fillAlerts();
        StreamPlace place = place();

        // When
        assertThat(place.resume("window-results~R~2.0")).isEmpty();

        // Then
        assertThat(read(place)).containsExactly("window@2");
        alerts.append(alert(2));
        assertThat(read(place)).containsExactly("alert@2");
    }

    @ParameterizedTest
    @CsvSource({
        "nonsense, GARBAGE",
        "window-results~R~1.0~~alerts~A~1, GARBAGE",
        "transactions~R~1.0, FOREIGN",
        "alerts~A~1~~transactions~R~1, FOREIGN",
        "alerts~Z~1~~window-results~R~1.0, RECREATED",
        "alerts~A~1~~window-results~Z~1.0, RECREATED",
        "alerts~A~3~~window-results~R~1.0, FUTURE",
        "alerts~A~1~~window-results~R~1.9, FUTURE"
    })
    void shouldStayAtNowInBothWhenOneCannotBeHad(String id, ResetReason reason) {
        // Given
        fillAlerts();
        StreamPlace place = place();

        // Then
        assertThat(place.resume(id)).contains(reason);
        assertThat(place.position()).isEqualTo("alerts~A~2~~window-results~R~3.0");
        assertThat(read(place)).isEmpty();
    }

    @Test
    void shouldTakeInATopicThatIsMadeLater() {
        // Given
        StreamPlace place = place();
        assertThat(place.position()).isEqualTo("window-results~R~3.0");
        assertThat(place.resume("alerts~A~0~~window-results~R~1.0")).contains(ResetReason.FOREIGN);

        // When
        fillAlerts();
        place.join();
        alerts.append(alert(2));

        // Then
        assertThat(read(place)).containsExactly("alert@2");
        assertThat(place.position()).isEqualTo("alerts~A~3~~window-results~R~3.0");
    }

    @Test
    void shouldNoticeThatATopicWasMadeAnew() {
        // Given
        fillAlerts();
        StreamPlace place = place();
        assertThat(place.lost()).isEmpty();

        // When
        alerts.open("B", new long[] {0}, new long[] {0}, List.of());

        // Then
        assertThat(place.lost()).contains(ResetReason.RECREATED);
        place.goToNow();
        assertThat(place.lost()).isEmpty();
        assertThat(place.position()).isEqualTo("alerts~B~0~~window-results~R~3.0");
    }
}
