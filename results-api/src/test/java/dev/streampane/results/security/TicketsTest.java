// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketsTest {

    private static final Instant NOW = Instant.parse("2026-11-20T06:00:00Z");
    private static final String KEY = key('a');
    private static final String NEXT = key('b');

    @TempDir
    private Path folder;

    private static String key(char letter) {
        return Base64.getEncoder()
                .encodeToString(Character.toString(letter).repeat(32).getBytes(UTF_8));
    }

    /** What an instance with those keys has. */
    private TicketKeys keys(String instance, String... lines) throws IOException {
        return new TicketKeys(Optional.of(write(instance, lines).toString()));
    }

    private Path write(String instance, String... lines) throws IOException {
        return Files.writeString(folder.resolve(instance), String.join("\n", lines));
    }

    private static Tickets tickets(TicketKeys keys) {
        return new Tickets("API_KEY", keys);
    }

    private static Access access(String... scopes) {
        return new Access("dash", "", Scopes.parse(List.of(scopes)), Optional.of(NOW.plusMillis(70_001)));
    }

    @Test
    void shouldSayWhoseItIsAndWhatItReads() throws IOException {
        // Given
        Tickets tickets = tickets(keys("one", KEY));
        List<String> words = List.of("read:a", "read:*/x*", "read:a%20b%2F/%25%C3%BC%2A*");
        // When
        Tickets.IssuedTicket given = tickets.issue(access(words.toArray(String[]::new)), "", NOW);
        Tickets.TicketClaims shown = tickets.redeem(given.ticket(), NOW).orElseThrow();
        // Then
        assertThat(shown).isEqualTo(new Tickets.TicketClaims("dash", words, "", Optional.of(NOW.plusMillis(70_001))));
        assertThat(Scopes.among(shown.scopes())).isEqualTo(Scopes.parse(words));
        assertThat(given.expires()).isEqualTo(NOW.plusSeconds(30));
    }

    @Test
    void shouldEndWithNothingThatHoldsForEver() throws IOException {
        // Given
        Access access = new Access("dash", "", Scopes.EVERYTHING, Optional.of(Instant.MAX));
        Tickets tickets = tickets(keys("one", KEY));
        // When
        Tickets.IssuedTicket given = tickets.issue(access, "", NOW);
        // Then
        assertThat(tickets.redeem(given.ticket(), NOW).orElseThrow().until()).isEmpty();
        assertThat(given.expires()).isEqualTo(NOW.plusSeconds(30));
        assertThat(access.holds()).isTrue();
    }

    @Test
    void shouldLeaveTheScopesOfAKeyToItsLine() throws IOException {
        // Given
        Tickets tickets = tickets(keys("one", KEY));
        String ticket = tickets.issue(access("read:a"), "mark", NOW).ticket();
        // Then
        Tickets.TicketClaims shown = tickets.redeem(ticket, NOW).orElseThrow();
        assertThat(shown.mark()).isEqualTo("mark");
        assertThat(shown.scopes()).isEmpty();
    }

    @Test
    void shouldBeTakenOnceByEachInstanceThatHasTheKey() throws IOException {
        // Given
        Tickets one = tickets(keys("one", KEY));
        Tickets other = tickets(keys("other", "# the next one signs", NEXT, KEY));
        Tickets stranger = tickets(keys("stranger", NEXT));
        String ticket = one.issue(access("admin"), "", NOW).ticket();
        // Then
        assertThat(stranger.redeem(ticket, NOW)).isEmpty();
        for (Tickets instance : List.of(one, other)) {
            assertThat(instance.redeem(ticket, NOW)).isPresent();
            assertThat(instance.redeem(ticket, NOW)).as("a second time").isEmpty();
        }
        assertThat(one.redeem(other.issue(access("admin"), "", NOW).ticket(), NOW))
                .as("of a key that is not known yet")
                .isEmpty();
    }

    @Test
    void shouldBeTakenWhileKeysAreChangedOnOneInstanceAfterTheOther() throws IOException {
        // Given
        TicketKeys[] keys = {keys("first", KEY), keys("second", KEY)};
        Tickets[] instances = {tickets(keys[0]), tickets(keys[1])};
        for (List<String> step : List.of(List.of(KEY, NEXT), List.of(NEXT, KEY), List.of(NEXT))) {
            for (int changed = 0; changed < 2; changed++) {
                // When
                write(changed == 0 ? "first" : "second", step.toArray(String[]::new));
                keys[changed].refresh();
                keys[changed].refresh();
                // Then
                for (int giver = 0; giver < 2; giver++) {
                    String ticket =
                            instances[giver].issue(access("admin"), "", NOW).ticket();
                    assertThat(instances[1 - giver].redeem(ticket, NOW))
                            .as("%s, %d changed, given by %d", step, changed, giver)
                            .isPresent();
                }
            }
        }
        assertThat(keys[0].all()).hasSize(1);
    }

    @Test
    void shouldHoldForHalfAMinute() throws IOException {
        // Given
        Tickets tickets = tickets(keys("one", KEY));
        String ticket = tickets.issue(access("admin"), "", NOW).ticket();
        String later = tickets.issue(access("admin"), "", NOW).ticket();
        // Then
        assertThat(tickets.redeem(ticket, NOW.plusMillis(29_999))).isPresent();
        assertThat(tickets.redeem(later, NOW.plusSeconds(30))).isEmpty();
        assertThat(tickets.redeem(ticket, NOW.plusSeconds(30))).isEmpty();
    }

    @Test
    void shouldOpenNothingUnderAnotherProfile() throws IOException {
        // Given
        TicketKeys keys = keys("one", KEY);
        String ticket =
                new Tickets("NONE", keys).issue(access("admin"), "", NOW).ticket();
        // Then
        assertThat(tickets(keys).redeem(ticket, NOW)).isEmpty();
    }

    @Test
    void shouldTakeNothingThatIsNotSignedAsItIs() throws IOException {
        // Given
        Tickets tickets = tickets(keys("one", KEY));
        String[] parts = tickets.issue(access("read:a"), "", NOW).ticket().split("\\.");
        String more = base64(new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8).replace("read:a", "admin"));
        String none = base64("{\"alg\":\"none\"}");
        // Then
        for (String ticket : List.of(
                "",
                "x",
                "..",
                "A".repeat(100_000),
                parts[0] + "." + parts[1] + ".",
                parts[0] + "." + more + "." + parts[2],
                none + "." + parts[1] + ".",
                none + "." + more + "." + parts[2])) {
            assertThat(tickets.redeem(ticket, NOW)).as(ticket).isEmpty();
        }
        assertThat(tickets.redeem(String.join(".", parts), NOW)).isPresent();
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    @Test
    void shouldSignWithAKeyOfItsOwnWithoutAFile() {
        // Given
        Tickets one = tickets(new TicketKeys(Optional.empty()));
        Tickets other = tickets(new TicketKeys(Optional.empty()));
        String ticket = one.issue(access("admin"), "", NOW).ticket();
        // Then
        assertThat(other.redeem(ticket, NOW)).isEmpty();
        assertThat(one.redeem(ticket, NOW)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"c2hvcnQ=", "not base64!", "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYQ=="})
    void shouldNameTheBadLineAndNotShowIt(String line) {
        assertThatThrownBy(() -> keys("bad", "# first", line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("results.security.ticket-keys-file: ")
                .hasMessageContaining("bad line 2: ")
                .hasMessageNotContaining(line);
        assertThatThrownBy(() -> keys("empty", "# none")).hasMessageContaining("empty has no key");
    }

    @Test
    void shouldStayAsItIsWhenTheFileTurnsBad() throws IOException {
        // Given
        TicketKeys keys = keys("one", KEY);
        // When
        write("one", "nothing");
        keys.refresh();
        keys.refresh();
        // Then
        assertThat(keys.all()).hasSize(1);
    }
}
