// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {

    private static final Instant FAR = Instant.parse("9999-01-01T00:00:00Z");

    @TempDir
    Path folder;

    @Test
    void shouldTakeAKeyByWhatItsLineSaysAndKeepNoneInTheFile() throws IOException {
        // Given
        ApiKey.IssuedKey made = ApiKey.make("dash", List.of("read:a"), Optional.of(FAR));
        // When
        ApiKeys keys = keys("# for the dashboard\n\n" + made.line().line() + "\r\n");
        // Then
        Access access = keys.access(made.key(), "::1").orElseThrow();
        assertThat(access.name()).isEqualTo("dash");
        assertThat(access.address()).isEqualTo("::1");
        assertThat(access.expires()).contains(FAR);
        assertThat(access.sees("a")).isTrue();
        assertThat(access.sees("b")).isFalse();
        String secret = made.key().substring("dash.".length());
        assertThat(Files.readString(folder.resolve("keys"))).doesNotContain(secret);
    }

    @Test
    void shouldTakeNothingElse() throws IOException {
        ApiKey.IssuedKey made = ApiKey.make("dash", List.of("read:a"), Optional.empty());
        ApiKey.IssuedKey other = ApiKey.make("dash", List.of("read:a"), Optional.empty());
        ApiKey.IssuedKey past = ApiKey.make("past", List.of("admin"), Optional.of(Instant.EPOCH));
        ApiKeys keys = keys(made.line().line() + "\n" + past.line().line());
        for (String key : new String[] {
            "",
            ".",
            "dash",
            "dash.",
            made.key() + "x",
            made.key().substring(1),
            made.key() + "\n",
            made.line().hash(),
            made.line().line(),
            other.key(),
            past.key(),
            "nobody" + made.key().substring(4),
            "x".repeat(100_000)
        }) {
            assertThat(keys.access(key, "")).as(key).isEmpty();
        }
    }

    @Test
    void shouldEndWhatAKeyOpenedWhenItsLineGoesOrChanges() throws IOException {
        // Given
        ApiKey.IssuedKey stays = ApiKey.make("stays", List.of("read:a"), Optional.empty());
        ApiKey.IssuedKey goes = ApiKey.make("goes", List.of("read:a"), Optional.empty());
        ApiKey.IssuedKey narrows = ApiKey.make("narrows", List.of("read:*"), Optional.empty());
        ApiKeys keys = keys(lines(stays, goes, narrows));
        Access left = keys.access(stays.key(), "").orElseThrow();
        Access gone = keys.access(goes.key(), "").orElseThrow();
        Access narrowed = keys.access(narrows.key(), "").orElseThrow();
        // When
        write(stays.line().line() + "\n" + narrows.line().line().replace("read:*", "read:b"));
        keys.refresh();
        assertThat(List.of(left, gone, narrowed))
                .as("a file may be half written")
                .allMatch(Access::holds);
        keys.refresh();
        keys.refresh();
        // Then
        assertThat(List.of(left, gone, narrowed)).filteredOn(Access::holds).containsExactly(left);
        assertThat(keys.access(goes.key(), "")).isEmpty();
        assertThat(keys.access(narrows.key(), "").orElseThrow().sees("a")).isFalse();
    }

    /** What a ticket has of its key. */
    @Test
    void shouldBeMarkedTheSameByEachInstanceUntilItsLineChanges() throws IOException {
        // Given
        ApiKey.IssuedKey made = ApiKey.make("dash", List.of("read:a"), Optional.empty());
        String mark = keys(made.line().line()).mark("dash");
        // Then
        assertThat(keys(made.line().line()).access("dash", mark, "")).isPresent();
        assertThat(keys(made.line().line().replace("read:a", "read:b")).access("dash", mark, ""))
                .isEmpty();
        assertThat(keys("").access("dash", mark, "")).isEmpty();
    }

    @Test
    void shouldStayAsItWasWhileTheFileIsBadOrAway() throws IOException {
        // Given
        ApiKey.IssuedKey made = ApiKey.make("dash", List.of("read:a"), Optional.empty());
        ApiKey.IssuedKey second = ApiKey.make("second", List.of("read:a"), Optional.empty());
        ApiKeys keys = keys(made.line().line());
        // When
        write("nonsense");
        keys.refresh();
        keys.refresh();
        assertThat(keys.access(made.key(), "")).isPresent();
        Files.delete(folder.resolve("keys"));
        keys.refresh();
        keys.refresh();
        assertThat(keys.access(made.key(), "")).isPresent();
        write(second.line().line());
        keys.refresh();
        keys.refresh();
        // Then
        assertThat(keys.access(made.key(), "")).isEmpty();
        assertThat(keys.access(second.key(), "")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    dash                              | 1 words
                    dash HASH read:a x y              | 5 words
                    d@sh HASH read:a                  | the name is not
                    dash secret read:a                | the hash is not sha256:
                    dash HASH read:a,                 | '' is not a scope
                    dash HASH read:a,write:b          | 'write:b' is not a scope
                    dash HASH read:a tomorrow         | 'tomorrow' is not a time
                    dash HASH read:a 2027-01-01       | '2027-01-01' is not a time
                    good HASH read:a                  | the name good is on another line already
                    """)
    void shouldNotStartWithABadLineAndNameIt(String line, String cause) {
        String good =
                ApiKey.make("good", List.of("read:a"), Optional.empty()).line().line();
        String hash = good.split(" ")[1];
        assertThatThrownBy(() -> keys("# keys\n" + good + "\n" + line.replace("HASH", hash)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("results.security.keys-file")
                .hasMessageContaining("line 3: ")
                .hasMessageContaining(cause)
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldNotStartWithoutAFile() {
        assertThatThrownBy(() -> new ApiKeys(Optional.empty()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("results.security.keys-file is missing");
        assertThatThrownBy(() -> new ApiKeys(Optional.of("/nothing/here")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("/nothing/here cannot be read: NoSuchFileException");
        assertThatThrownBy(() -> new ApiKeys(Optional.of(folder.toString())))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("cannot be read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--new-key", "--new-key a",
                "--new-key a --scope", "--new-key a --scope read:",
                "--new-key a/b --scope admin", "--new-key a --scope admin --until tomorrow",
                "--new-key a --new-key b --scope admin", "--new-key a --scope admin --insecure x"
            })
    void shouldRefuseToMakeWhatTheFileWouldRefuse(String arguments) {
        assertThatThrownBy(() -> NewKey.of(List.of(arguments.split(" "))).text())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("null");
    }

    @Test
    void shouldPrintAKeyThatItsLineTakes() throws IOException {
        // When
        String arguments = "--new-key dash --scope read:a --scope read:b --until 9999-01-01T00:00:00Z";
        String text = NewKey.of(List.of(arguments.split(" "))).text();
        // Then
        assertThat(text).matches("key:  \\S+\nline: \\S+ \\S+ read:a,read:b 9999\\S+\n");
        String[] lines = text.split("\n");
        assertThat(keys(lines[1].substring(6)).access(lines[0].substring(6), ""))
                .isPresent();
    }

    private static String lines(ApiKey.IssuedKey... made) {
        StringBuilder lines = new StringBuilder();
        for (ApiKey.IssuedKey one : made) {
            lines.append(one.line().line()).append('\n');
        }
        return lines.toString();
    }

    private ApiKeys keys(String text) throws IOException {
        write(text);
        return new ApiKeys(Optional.of(folder.resolve("keys").toString()));
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("keys"), text);
    }
}
