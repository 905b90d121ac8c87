// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.problem.ProblemException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TicketsTest {

    private static final Instant NOW = Instant.parse("2026-11-20T06:00:00Z");

    private final Tickets tickets = new Tickets();
    private final Credential credential = new Credential();

    @Test
    void shouldOpenOneStreamWithTheRightsOfWhoAskedForIt() {
        // Given
        Tickets.Given given = tickets.give(access("dash"), NOW);
        // When
        Access access = tickets.redeem(given.ticket(), NOW).orElseThrow();
        // Then
        assertThat(access.name()).isEqualTo("dash");
        assertThat(access.mayRead("a", "k")).isTrue();
        assertThat(access.mayRead("b", "k")).isFalse();
        assertThat(given.ticket()).hasSize(43);
        assertThat(tickets.redeem(given.ticket(), NOW)).as("a second time").isEmpty();
    }

    @Test
    void shouldHoldForAMinuteAndNotLongerThanItsCredential() {
        String ticket = tickets.give(access("a"), NOW).ticket();
        assertThat(tickets.redeem(ticket, NOW.plusSeconds(60))).isEmpty();
        ticket = tickets.give(access("a"), NOW).ticket();
        assertThat(tickets.redeem(ticket, NOW.plusMillis(59_999))).isPresent();
        Access ends = new Access("ends", "", Scopes.EVERYTHING, Optional.of(NOW.plusSeconds(10)), new Credential());
        ticket = tickets.give(ends, NOW).ticket();
        assertThat(tickets.redeem(ticket, NOW.plusSeconds(10))).isEmpty();
        ticket = tickets.give(access("a"), NOW).ticket();
        credential.revoke();
        assertThat(tickets.redeem(ticket, NOW)).isEmpty();
    }

    @Test
    void shouldKnowNoTicketThatWasNotGiven() {
        tickets.give(access("a"), NOW);
        for (String ticket : List.of("", "x", "A".repeat(43), "\u0000", "A".repeat(100_000))) {
            assertThat(tickets.redeem(ticket, NOW)).isEmpty();
        }
    }

    @Test
    void shouldKeepABoundedNumberAndLetNobodyTakeAll() {
        // Given
        Set<String> given = new HashSet<>();
        for (int i = 0; i < Tickets.MAX_PER_NAME; i++) {
            given.add(tickets.give(access("greedy"), NOW).ticket());
        }
        assertThat(given).hasSize(Tickets.MAX_PER_NAME);
        // When
        assertThatThrownBy(() -> tickets.give(access("greedy"), NOW)).isInstanceOf(ProblemException.class);
        // Then
        tickets.give(access("other"), NOW);
        tickets.redeem(given.iterator().next(), NOW);
        tickets.give(access("greedy"), NOW);
        tickets.give(access("greedy"), NOW.plusSeconds(60));
        for (int i = 1; i < Tickets.MAX; i++) {
            tickets.give(access("name" + i), NOW.plusSeconds(60));
        }
        assertThatThrownBy(() -> tickets.give(access("new"), NOW.plusSeconds(60)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().headers()).containsEntry("Retry-After", "60"));
    }

    private Access access(String name) {
        return new Access(name, "", Scopes.parse(List.of("read:a")), Optional.empty(), credential);
    }
}
