// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class WindowQueryTest {

    private static final ReadConsistency.Requirement ANY = new ReadConsistency.Requirement(Optional.empty(), 0);

    private static final String MOST = "job=j&fields=key,"
            + IntStream.range(0, WindowQuery.MAX_VALUES)
                    .mapToObj(n -> "values.v" + n)
                    .collect(Collectors.joining(","));

    @Test
    void shouldNameNoMoreValuesThanCanBeSearchedForAtOnce() {
        // When Then
        assertThat(lines(MOST + "&v0.gte=1&v1.lt=2").values())
                .hasSize(WindowQuery.MAX_VALUES)
                .containsEntry("v0", "v0.gte")
                .containsEntry("v2", "fields");
        shouldRefuse(MOST + ",values.other", "fields");
        shouldRefuse(MOST + "&v0.gte=1&other.lt=2", "other.lt");
    }

    @Test
    void shouldNeedNoKeyOfThePastWhereWindowsHaveNone() {
        // When Then
        String past = "job=j&asOf=2026-11-20T06:00:00Z";
        assertThat(page(past + "&spec=all:tumbling(1m)&spec=all:session(10s)").asOf())
                .isPresent();
        for (String some : List.of("", "&spec=tumbling(1m)", "&spec=all:tumbling(1m)&spec=tumbling(1m)")) {
            shouldRefuse(() -> page(past + some), "key");
        }
    }

    private static void shouldRefuse(String query, String parameter) {
        shouldRefuse(() -> lines(query), parameter);
    }

    private static void shouldRefuse(ThrowingCallable query, String parameter) {
        assertThatThrownBy(query).isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(
                        refused.problem().violations())
                .extracting(violation -> violation.parameter())
                .containsExactly(parameter));
    }

    private static WindowQuery lines(String query) {
        return WindowQuery.lines(query, Access.unrestricted("test"), parameters -> ANY);
    }

    private static WindowQuery page(String query) {
        return WindowQuery.page(
                query,
                Access.unrestricted("test"),
                parameters -> ANY,
                parameters -> AsOf.of(parameters, "window-results"));
    }
}
