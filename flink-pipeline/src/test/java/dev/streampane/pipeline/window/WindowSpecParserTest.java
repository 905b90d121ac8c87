// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.streampane.contract.WindowId;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowSpecParserTest {

    private static final String KINDS =
            "tumbling, sliding, session, global or calendar, or all: before one of them but global";
    private static final String TIME = "a whole number with ms, s, m, h or d, from 1ms to 366d, such as 30s";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tumbling(1m)                  | tumbling(1m)                 | tumbling-1m",
                "tumbling(60s)                 | tumbling(1m)                 | tumbling-1m",
                "tumbling(60000ms)             | tumbling(1m)                 | tumbling-1m",
                "tumbling(24h)                 | tumbling(1d)                 | tumbling-1d",
                "tumbling(90s)                 | tumbling(90s)                | tumbling-90s",
                "tumbling(2500ms)              | tumbling(2500ms)             | tumbling-2500ms",
                " tumbling ( 1h , offset = 15m ) | tumbling(1h,offset=15m)    | tumbling-1h-offset-15m",
                "tumbling(1h,offset=75m)       | tumbling(1h,offset=15m)      | tumbling-1h-offset-15m",
                "tumbling(1h,offset=1h)        | tumbling(1h)                 | tumbling-1h",
                "tumbling(1h,offset=0s)        | tumbling(1h)                 | tumbling-1h",
                "tumbling(366d)                | tumbling(366d)               | tumbling-366d",
                "sliding(10m, 1m)              | sliding(10m,1m)              | sliding-10m-1m",
                "sliding(10s,3s)               | sliding(10s,3s)              | sliding-10s-3s",
                "sliding(1m,60s)               | sliding(1m,1m)               | sliding-1m-1m",
                "session( 30s )                | session(30s)                 | session-30s",
                "global(count=100)             | global(count=100)            | global-count-100",
                "global(count=0001)            | global(count=1)              | global-count-1",
                "global( every = 30s )         | global(every=30s)            | global-every-30s",
                "calendar(day, Europe/Berlin)  | calendar(day,Europe/Berlin)  | calendar-day-Europe%2FBerlin",
                "calendar( week ,UTC)          | calendar(week,UTC)           | calendar-week-UTC",
                "calendar(month,+01:00)        | calendar(month,+01:00)       | calendar-month-%2B01-00",
                "all:tumbling(1m)              | all:tumbling(1m)             | all-tumbling-1m",
                "all : sliding(10m,1m)         | all:sliding(10m,1m)          | all-sliding-10m-1m",
                "all:session(30s)              | all:session(30s)             | all-session-30s",
                "all:calendar(day,UTC)         | all:calendar(day,UTC)        | all-calendar-day-UTC",
            })
    void shouldHaveOneCanonicalTextAndOneId(String text, String canonical, String id) {
        // When
        WindowSpec spec = WindowSpecParser.parse(text);

        // Then
        assertThat(spec.canonical()).isEqualTo(canonical);
        assertThat(spec).hasToString(canonical);
        assertThat(WindowId.spec(spec)).isEqualTo(id);
        assertThat(WindowSpecParser.parse(canonical)).isEqualTo(spec);
        assertThat(spec.allKeys()).isEqualTo(canonical.startsWith("all:"));
        assertThat(spec.dependsOnArrival()).isEqualTo(canonical.startsWith("global("));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "|1|the end|KINDS",
                "1m|1|'1'|KINDS",
                "TUMBLING(1m)|1|'T'|KINDS",
                "hopping(1m)|1|'hopping'|KINDS",
                "none|1|'none'|KINDS",
                "all(1m)|1|'all'|KINDS",
                "all:global(count=1)|5|'global'|KINDS",
                "all:all:tumbling(1m)|5|'all'|KINDS",
                "all:|5|the end|KINDS",
                "tumbling|9|the end|(",
                "tumbling 1m|10|'1'|(",
                "tumbling(1m|12|the end|)",
                "tumbling(1m;|12|';'|)",
                "tumbling()|10|')'|TIME",
                "tumbling(0s)|10|'0s'|TIME",
                "tumbling(-1m)|10|'-1m'|TIME",
                "tumbling(1 m)|10|'1 m'|TIME",
                "tumbling(PT1M)|10|'PT1M'|TIME",
                "tumbling(1)|10|'1'|TIME",
                "tumbling(1M)|10|'1M'|TIME",
                "tumbling(367d)|10|'367d'|TIME",
                "tumbling(999999999999d)|10|'999999999999d'|TIME",
                "tumbling(9999999999999999999999m)|10|'9999999999999999999999m'|TIME",
                "tumbling(١m)|10|'١m'|TIME",
                "tumbling(1m,15s)|13|'1'|offset=",
                "tumbling(1m,shift=15s)|13|'shift'|offset=",
                "tumbling(1m,offset=-15s)|20|'-15s'|TIME0",
                "tumbling(1m,offset=15s,2m)|23|','|)",
                "sliding(5m)|11|')'|,",
                "sliding(5m,10m)|12|'10m'|a slide of at most the size, which is 5m",
                "sliding(5m,0s)|12|'0s'|TIME",
                "session(30x)|9|'30x'|TIME",
                "session(30s,1m)|12|','|)",
                "global(100)|8|'1'|count= or every=",
                "global(sum=1)|8|'sum'|count= or every=",
                "global(count 1)|14|'1'|=",
                "global(count=0)|14|'0'|a whole number from 1 to 1000000000",
                "global(count=1000000001)|14|'1000000001'|a whole number from 1 to 1000000000",
                "global(every=0ms)|14|'0ms'|TIME",
                "calendar(year,UTC)|10|'year'|day, week or month",
                "calendar(day)|13|')'|,",
                "calendar(day,Berlin)|14|'Berlin'|a time zone such as UTC or Europe/Berlin",
                "calendar(day,)|14|')'|a time zone such as UTC or Europe/Berlin",
                "tumbling(1m))|13|')'|nothing more",
                "tumbling(1m) tumbling(2m)|14|'t'|nothing more",
                "tumbling(1m);tumbling(2m)|13|';'|nothing more"
            })
    void shouldSayWhereAndWhatIsAllowed(String text, int at, String found, String allowed) {
        String named =
                switch (allowed) {
                    case "KINDS" -> KINDS;
                    case "TIME" -> TIME;
                    case "TIME0" -> TIME.replace("1ms", "0ms");
                    default -> allowed;
                };

        assertThatIllegalArgumentException()
                .isThrownBy(() -> WindowSpecParser.parse(text == null ? "" : text))
                .withMessage("at character %d is %s; allowed is %s", at, found, named);
    }

    @Test
    void shouldReadListInItsOrder() {
        assertThat(WindowSpecParser.parseList("tumbling(1m); tumbling(1h,offset=15m);sliding(5m,1m) ;all:session(10s)"))
                .extracting(WindowSpec::canonical)
                .containsExactly("tumbling(1m)", "tumbling(1h,offset=15m)", "sliding(5m,1m)", "all:session(10s)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "tumbling(1m); tumbling(60s)|15|tumbling(1m) a second time|each window once",
                "tumbling(1m),tumbling(2m)|13|','|; and another window",
                "tumbling(1m);|14|the end|KINDS",
                ";|1|';'|KINDS",
                "tumbling(1m);hopping(2m)|14|'hopping'|KINDS",
                "session(1m);session(1x)|21|'1x'|TIME"
            })
    void shouldCountCharactersOfTheWholeList(String text, int at, String found, String allowed) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WindowSpecParser.parseList(text))
                .withMessage(
                        "at character %d is %s; allowed is %s",
                        at, found, allowed.replace("KINDS", KINDS).replace("TIME", TIME));
    }

    @ParameterizedTest
    @ValueSource(strings = {"session(1\n2)", "session(1\u20282)"})
    void shouldShowNoControlCharacters(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WindowSpecParser.parse(text))
                .withMessageStartingWith("at character 9 is '1?2'; ");
    }

    @Test
    void shouldShowTheBeginningOfALongText() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WindowSpecParser.parse("session(" + "9".repeat(10_000)))
                .withMessageStartingWith("at character 9 is '" + "9".repeat(40) + "…'; ");
    }
}
