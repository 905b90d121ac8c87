// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jboss.logmanager.formatters.JsonFormatter;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What input can do to the lines of the log. */
class LogLinesTest {

    private static final String CALLER = LogLinesTest.class.getName();

    private final PatternFormatter text = new PatternFormatter("%-5p [%c] %s%e%n");
    private final JsonFormatter json = new JsonFormatter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n2026-11-20 06:00:00 INFO forged", "\nforged", "\u001b[31mred\u001b[0m", "\u0085next",
                "\u009b31mred", "\u0080a\u009f", "\u2029next", "\udb40\udc01tag",
                "\u2028next", "\u202egnp.exe", "a\u0000b", "tab\tbed"
            })
    void shouldWriteOneLineWithoutControlCharactersWhateverIsLogged(String input) {
        for (ExtLogRecord line : new ExtLogRecord[] {
            line("path=" + input, FormatStyle.NO_FORMAT),
            line("path=%s", FormatStyle.PRINTF, input),
            line("path={0}", FormatStyle.MESSAGE_FORMAT, input)
        }) {
            // When
            assertThat(new LogLines().isLoggable(line)).isTrue();
            // Then
            assertThat(text.format(line).strip())
                    .startsWith("WARNING [log] path=")
                    .matches(LogLinesTest::plain, "without control characters");
            assertThat(json.format(line).strip())
                    .matches(LogLinesTest::plain, "without control characters")
                    .doesNotContain("\\n", "\\r", "\\u001b", "\\u202e");
        }
    }

    @Test
    void shouldShowAnExceptionThatQuotesInputWithoutItsControlCharacters() {
        // Given
        Exception cause = new IllegalStateException("key=\nforged");
        ExtLogRecord line = line("Failed", FormatStyle.NO_FORMAT);
        line.setThrown(new IllegalArgumentException("\u001b[2J", cause));
        // When
        new LogLines().isLoggable(line);
        // Then
        assertThat(text.format(line))
                .contains("java.lang.IllegalArgumentException: ?[2J")
                .contains("Caused by: java.lang.IllegalStateException: key=?forged")
                .contains("\tat " + CALLER)
                .doesNotContain("\nforged", "\u001b");
    }

    @Test
    void shouldShowWhatAnExceptionSuppressedWithoutControlCharacters() {
        // Given: beside a message of ours
        Exception thrown = new IllegalStateException("no");
        thrown.addSuppressed(new IllegalArgumentException("key=\nforged"));
        ExtLogRecord line = line("Failed", FormatStyle.NO_FORMAT);
        line.setThrown(thrown);
        // When
        new LogLines().isLoggable(line);
        // Then
        assertThat(text.format(line))
                .contains("Suppressed: java.lang.IllegalArgumentException: key=?forged")
                .doesNotContain("\nforged");
    }

    @Test
    void shouldShowDeepCausesWithoutControlCharacters() {
        // Given
        Throwable thrown = new IllegalArgumentException("key=\nforged");
        for (int depth = 0; depth < 30; depth++) {
            thrown = new IllegalStateException("no", thrown);
        }
        ExtLogRecord line = line("Failed", FormatStyle.NO_FORMAT);
        line.setThrown(thrown);
        // When
        new LogLines().isLoggable(line);
        // Then
        assertThat(text.format(line)).contains("Caused by: ").doesNotContain("\nforged");
    }

    @Test
    void shouldShowAnExceptionOnceThatIsTheCauseOfMany() {
        // Given: as many ways to the last as there are atoms
        Throwable thrown = new IllegalArgumentException("key=\nforged");
        for (int depth = 0; depth < 40; depth++) {
            Throwable above = new IllegalStateException("no", thrown);
            for (int way = 0; way < 100; way++) {
                above.addSuppressed(thrown);
            }
            thrown = above;
        }
        ExtLogRecord line = line("Failed", FormatStyle.NO_FORMAT);
        line.setThrown(thrown);
        // When
        new LogLines().isLoggable(line);
        // Then
        assertThat(text.format(line)).containsOnlyOnce("key=?forged");
    }

    @Test
    void shouldLeaveOtherLinesAndExceptionsAsTheyAre() {
        // Given
        Exception thrown = new IllegalStateException("no");
        ExtLogRecord line = line("Reading topic=%s", FormatStyle.PRINTF, "größe ✓");
        line.setThrown(thrown);
        // When
        new LogLines().isLoggable(line);
        // Then
        assertThat(line.getMessage()).isEqualTo("Reading topic=%s");
        assertThat(line.getThrown()).isSameAs(thrown);
        assertThat(text.format(line)).contains("Reading topic=größe ✓");
    }

    /** Looked at one by one: what a regular expression takes for a control character is not all of them. */
    private static boolean plain(String text) {
        return text.codePoints()
                .map(Character::getType)
                .noneMatch(type -> type == Character.CONTROL
                        || type == Character.FORMAT
                        || type == Character.LINE_SEPARATOR
                        || type == Character.PARAGRAPH_SEPARATOR);
    }

    private static ExtLogRecord line(String message, FormatStyle style, Object... parameters) {
        ExtLogRecord line = new ExtLogRecord(Level.WARNING, message, style, CALLER);
        line.setLoggerName("log");
        line.setParameters(parameters);
        return line;
    }
}
