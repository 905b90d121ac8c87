// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.Json;
import dev.streampane.contract.PublishedResult;
import dev.streampane.local.audit.TestLine;
import dev.streampane.local.log.Journal;
import dev.streampane.local.log.Topics;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The audit of a job with eight generations; 2, 4 and 7 began without state. */
class JobAuditIT {

    private static final String JOB = "weather-average";
    private static final String INPUT = "device-readings";
    private static final List<String> TOPICS = List.of(INPUT, "audit");
    private static final Instant SIX = Instant.parse("2026-11-20T06:00:00Z");

    @RegisterExtension
    static final Journal journal = new Journal();

    @BeforeEach
    void start() {
        journal.create(TOPICS, 1);
        for (int offset = 0; offset < 20; offset++) {
            journal.write(INPUT, "d1", "reading " + offset);
        }
    }

    @AfterEach
    void stop() {
        journal.delete(TOPICS);
    }

    @ParameterizedTest(name = "{0} goes on from {1}: {2}")
    @CsvSource({
        "8, 7, false",
        "8, 6, true",
        "8, 5, false",
        "6, 6, true",
        "6, 5, false",
        "6, 4, false",
        "6, 3, true",
        "6, 2, true",
        "6, 1, false",
        "5, 6, false",
        "5, 4, true",
        "5, 3, false",
        "3, 2, true",
        "3, 1, false"
    })
    void shouldKnowWhoseWindowsAGenerationTookOver(int generation, int older, boolean goesOn) {
        // Given
        write(line(1, 0));
        write(line(2, 0));
        write(line(3, 10).clock(SIX, SIX));
        write(line(4, 0));
        write(line(5, 10).clock(SIX, SIX));
        write(line(6, 10).readBy(3));
        write(line(7, 15));
        write(line(8, 20).clock(SIX, SIX).restored());

        // When Then
        assertThat(audit().continues(older, generation)).isEqualTo(goesOn);
    }

    @ParameterizedTest(name = "{0} from 06:{1} to 06:{2}: {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "tumbling(1m)    | 01:00 | 02:00 | false",
                "tumbling(1m)    | 02:00 | 03:00 | true",
                "sliding(3m,1m)  | 00:00 | 03:00 | true",
                "sliding(3m,1m)  | 02:00 | 05:00 | true",
                "sliding(3m,1m)  | 03:00 | 06:00 | false",
                "sliding(3m,1m)  | 59:00 | 02:00 | false",
                "session(30s)    | 01:40 | 02:29 | false",
                "session(30s)    | 01:40 | 02:30 | true",
                "session(30s)    | 02:20 | 03:30 | true",
                "session(30s)    | 03:30 | 04:10 | true",
                "session(30s)    | 03:31 | 04:10 | false",
            })
    void shouldKnowWindowsOfWhichSomethingWasDropped(String spec, String start, String end, boolean corrected) {
        // Given: a record that was dropped, whose first window of each specification ends at 06:03
        write(line(1, 0));
        journal.write("audit", JOB + "/" + INPUT + "/0", """
                {"kind":"correction","job":"%s","generation":1,"spec":"%s","topic":"%s",
                 "partition":0,"offset":7,"windowEnd":"2026-11-20T06:03:00Z","count":1}""".formatted(JOB, spec, INPUT));

        // When Then
        assertThat(audit().isCorrected(1, row(spec, start, end))).isEqualTo(corrected);
    }

    private static PublishedResult row(String spec, String start, String end) {
        return PublishedResult.read(Json.read("""
                {"id":"x","job":"%s","spec":"%s","key":"d1","window":{"kind":"x","start":"2026-11-20T%s:%sZ",
                 "end":"2026-11-20T06:%sZ","zone":"UTC"},"generation":1,"rev":1,"status":"FINAL","count":1}""".formatted(JOB, spec, start.startsWith("59") ? "05" : "06", start, end)
                        .getBytes()))
                .orElseThrow();
    }

    private static TestLine line(int generation, long first) {
        return TestLine.of(new AuditLine.Key(JOB, generation, INPUT, journal.id(INPUT), 0), first, first + 9)
                .counted("tumbling(1m)", 10)
                .clock(null, SIX);
    }

    private static void write(TestLine line) {
        journal.write("audit", JOB + "/" + INPUT + "/0", line.json());
    }

    private static JobAudit audit() {
        try (Admin admin = Topics.admin(journal.bootstrapServers())) {
            return new JobAudit(admin, journal.bootstrapServers(), JOB, Set.of("audit"));
        }
    }
}
