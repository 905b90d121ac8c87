// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.problem.QueryCursor;
import dev.streampane.results.rejects.RejectsPlace.Range;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RejectsPlaceTest {

    @Test
    void shouldReadWhatItWrites() {
        RejectsPlace place = new RejectsPlace(
                "8mJt0nXwQ1yC5yq4b7c2Vg", List.of(new Range(0, 1), Range.EMPTY, new Range(35, 1L << 60)));
        assertThat(RejectsPlace.parse(place.toString())).contains(place);
    }

    @Test
    void shouldFitIntoARequestLineWithAHundredPartitionsOfATrillionRecords() {
        long[] ends = LongStream.generate(() -> 1_000_000_000_000L).limit(100).toArray();
        RejectsPlace place = RejectsPlace.of("8mJt0nXwQ1yC5yq4b7c2Vg", new long[ends.length], ends);
        assertThat(QueryCursor.encode("q", place.toString())).hasSizeLessThan(2_500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "~", "~1+1", "id", "id~-1+1", "id~1",
                "id~1+", "id~+1", "id~1+1+1", "id~A+1", "id~1+1.x", "id~zzzzzzzzzzzzz+1"
            })
    void shouldRefuseWhatItDidNotWrite(String text) {
        assertThat(RejectsPlace.parse(text)).isEmpty();
    }

    /** Whoever makes a cursor of their own gets no more than the query allows. */
    @Test
    void shouldCutForgedRangesToTheTopic() {
        TopicLayout topic = new TopicLayout("t", "id", new long[] {5, 5}, new long[] {9, 9});
        RejectsPlace forged = RejectsPlace.parse("id~0+zzzzzzzzzzzz.zzzzzzzzzzzz+zzzzzzzzzzzz")
                .get();
        assertThat(forged.within(topic).ranges()).containsExactly(new Range(5, 9), Range.EMPTY);
    }
}
