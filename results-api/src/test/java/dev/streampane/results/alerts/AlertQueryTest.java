// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.QueryCursor;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Readers;
import dev.streampane.results.store.ResultJson;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlertQueryTest {

    private static final ReadConsistency.Requirement NONE = new ReadConsistency.Requirement(Optional.empty(), 0);
    private static final String ALL =
            AlertQuery.of("", Readers.of("admin"), parameters -> NONE).fingerprint();

    @Test
    void shouldFindNothingForNoGrants() {
        // Given
        AlertQuery query = new AlertQuery(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                50,
                Optional.empty(),
                NONE,
                Optional.of(List.of()),
                "");
        // Then
        assertThat(query.search().at("/query/bool/filter/0").has("match_none")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[1]",
                "[1,\"id\",2]",
                "[\"id\",1]",
                "[1,2]",
                "[1.5,\"id\"]",
                "[1e400,\"id\"]",
                "[1e99999999999,\"id\"]",
                "[null,\"id\"]",
                "[true,\"id\"]",
                "[[1],\"id\"]",
                "[1,{\"id\":1}]",
                "[1,null]",
                "[9223372036854775808,\"id\"]",
                "[9999999999999999,\"id\"]",
                "[\"2026-11-20T06:00:00Z\",\"id\"]"
            })
    void shouldRefuseAForgedCursor(String sort) {
        // Given
        String cursor = QueryCursor.encode(ALL, sort);
        // When
        ProblemException refused = refused("after=" + cursor, Readers.of("admin"));
        // Then
        assertThat(refused.problem().status()).isEqualTo(400);
        assertThat(refused.problem().violations()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1795154460000,\"a~b\"]", "[\"1795154460000\",\"a~b\"]"})
    void shouldGoOnBehindItsOwnCursor(String sort) throws IOException {
        // Given
        String cursor = QueryCursor.encode(ALL, sort);
        // When
        AlertQuery query = AlertQuery.of("after=" + cursor, Readers.of("admin"), parameters -> NONE);
        // Then
        assertThat(query.search().get("search_after")).isEqualTo(ResultJson.JSON.readTree("[1795154460000,\"a~b\"]"));
    }

    private static ProblemException refused(String query, Access access) {
        return catchThrowableOfType(ProblemException.class, () -> AlertQuery.of(query, access, parameters -> NONE));
    }
}
