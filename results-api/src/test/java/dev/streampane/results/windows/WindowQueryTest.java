// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WindowQueryTest {

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

    private static void shouldRefuse(String query, String parameter) {
        assertThatThrownBy(() -> lines(query)).isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(
                        refused.problem().violations())
                .extracting(violation -> violation.parameter())
                .containsExactly(parameter));
    }

    private static WindowQuery lines(String query) {
        return WindowQuery.lines(
                query, Access.unrestricted("test"), parameters -> new ReadConsistency.Requirement(Optional.empty(), 0));
    }
}
