// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Everything that results-api can be told beside the framework's own settings; a bad value stops the start and is named. */
@ConfigMapping(prefix = "results")
public interface ResultsConfig {

    /** Names of Kafka topics: 1 to 249 of {@code a-z A-Z 0-9 . _ -}. */
    String TOPIC = "(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}";

    /** What is said when a topic's name is none. */
    String TOPIC_ALLOWED = "must be 1 to 249 of a-z A-Z 0-9 . _ -, and neither . nor ..";

    /** The log of results that queries and streams are views of. */
    @WithDefault("window-results")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String topic();

    /** The log of alerts. */
    @WithDefault("alerts")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String alertsTopic();

    /** The changelog of counts of words. */
    @WithDefault("word-counts")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String wordsTopic();

    /** Where jobs write what windows say before they fire; read from the first stream on that wants it. */
    @WithDefault("window-previews")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String previewsTopic();

    /** Where the jobs write their audit lines. */
    @WithDefault("audit")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String auditTopic();

    /** Where each job says which generations it had. */
    @WithDefault("job-runs")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String jobRunsTopic();

    /** Where the jobs write records that could not be decoded or were not valid. */
    @WithDefault("dead-letters")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String deadLettersTopic();

    /** Where the jobs write records that came after their window had closed. */
    @WithDefault("late-records")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String lateTopic();

    /** Results kept in memory, and as many alerts and counts of words: recent queries, snapshots and resumes are served from them. About 1 KiB each. 100 to 1,000,000. */
    @WithDefault("1000000")
    @Min(100)
    @Max(1_000_000)
    int tailSize();

    /** How long ago the oldest of them may have been appended to the log. 1s to 24h. */
    @WithDefault("15m")
    @DurationMin(seconds = 1)
    @DurationMax(hours = 24)
    Duration tailAge();

    /** Memory that the results may take, whatever their number and age; alerts and counts take a quarter of it each. The oldest go first. Unless set, a quarter of the heap. */
    Optional<MemorySize> tailBytes();

    /** Consumers shared by all who read what is not in memory. 1 to 4. */
    @WithDefault("4")
    @Min(1)
    @Max(4)
    int catchUpReaders();

    /** Memory for what they have read for streams, so that streams that resume at about the same place read the log once. At least 1M. */
    @WithDefault("16M")
    @WithConverter(CacheSizeConverter.class)
    MemorySize catchUpBytes();

    /** A transaction on the log that is open for so long is named: it holds back every reader. 1s to 1h. */
    @WithDefault("10s")
    @DurationMin(seconds = 1)
    @DurationMax(hours = 1)
    Duration openTransactionAfter();

    StreamConfig stream();

    Query query();

    Audit audit();

    Explain explain();

    Rejects rejects();

    Security security();

    Limits limits();

    /** Settings of what is read from Elasticsearch. */
    interface Query {
        /** How long a request to Elasticsearch may take before the answer is 503. 100ms to 30s. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 30)
        Duration timeout();

        /** How long {@code atLeast} waits for a position before the answer is 504, and {@code asOf} and {@code atLeast} for Kafka, at least 1s, before it is 503. 0s to 30s. */
        @WithDefault("2s")
        @DurationMin(seconds = 0)
        @DurationMax(seconds = 30)
        Duration atLeastTimeout();

        /** The {@code Retry-After} of a 503. 1s to 10m. */
        @WithDefault("5s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 10)
        Duration retryAfter();

        /** Windows that a roll-up reads one by one; beyond that Elasticsearch adds up, in floating point. 100 to 1,000,000. */
        @WithDefault("100000")
        @Min(100)
        @Max(1_000_000)
        int aggregateMaxWindows();

        /** How long a roll-up may read windows one by one, or wait for Elasticsearch where it alone adds up. 1s to 60s. */
        @WithDefault("10s")
        @DurationMin(seconds = 1)
        @DurationMax(seconds = 60)
        Duration aggregateTimeout();

        /** Pages of windows and of alerts that are read at once, searches for one, and questions for the life of a topic; one more gets 503. 1 to 1,000. */
        @WithDefault("64")
        @Min(1)
        @Max(1_000)
        int maxPages();

        /** Lists of keys and roll-ups that are read at once, as many answers in lines, and lists of rejects; one more gets 503. 1 to 1,000. */
        @WithDefault("16")
        @Min(1)
        @Max(1_000)
        int maxScans();
    }

    /** Settings of {@code /api/v1/audit} and {@code /api/v1/watermarks}. */
    interface Audit {
        /** Job-generation-partitions kept in memory; the ones that changed longest ago go first. 100 to 1,000,000. */
        @WithDefault("10000")
        @Min(100)
        @Max(1_000_000)
        int maxPartitions();

        /** How often the input topics' end offsets and the open transactions are asked for. 100ms to 60s. */
        @WithDefault("5s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 60)
        Duration refresh();

        /** An input partition with neither data nor heartbeats for so long is named as stalled. 1s to 1h. */
        @WithDefault("30s")
        @DurationMin(seconds = 1)
        @DurationMax(hours = 1)
        Duration stalledAfter();
    }

    /** Settings of {@code GET /api/v1/windows/{id}/explain}. */
    interface Explain {
        /** Input records that one explanation may read; a result that takes more gets 422. 1 to 100,000,000. */
        @WithDefault("2000000")
        @Min(1)
        @Max(100_000_000)
        long maxRecords();

        /** Time that one explanation may take; one that takes longer gets 422. 100ms to 90s, below quarkus.http.idle-timeout. */
        @WithDefault("10s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 90)
        Duration timeout();

        /** Results explained at once; one more gets 503. 1 to 16. */
        @WithDefault("2")
        @Min(1)
        @Max(16)
        int maxRunning();
    }

    /** Settings of {@code /api/v1/dead-letters}, {@code /api/v1/late} and {@code /api/v1/records}. */
    interface Rejects {
        /** Records read for one page, those that are not asked for included; then the page ends and says so. 1 to 1,000,000. */
        @WithDefault("20000")
        @Min(1)
        @Max(1_000_000)
        int maxScan();

        /** About the bytes read for one page; passed by 1 MiB or one record at most. */
        @WithDefault("32M")
        MemorySize maxScanBytes();

        /** How long a page may be read; then it ends and says so. 100ms to 30s. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 30)
        Duration timeout();
    }

    /** Who may read what. */
    interface Security {
        /** How it is found out who asks. */
        enum Profile {
            /** Not at all; for a loopback address. */
            NONE,
            /** By a key out of a file. */
            API_KEY,
            /** By a token of an OpenID Connect issuer, {@code quarkus.oidc.*}. */
            OIDC
        }

        /** How it is found out who asks: none, api-key or oidc. */
        @WithDefault("none")
        Profile profile();

        /** Under profile none, listen on an address that others reach. */
        @WithDefault("false")
        @WithConverter(StrictBooleanConverter.class)
        boolean insecure();

        /** Answer requests for loopback hosts alone; where it is not said, under profile none without {@link #insecure}. */
        Optional<@WithConverter(StrictBooleanConverter.class) Boolean> loopbackHosts();

        /** The file with the keys, under profile api-key. */
        Optional<String> keysFile();

        /** The file with the keys that tickets are signed with; without it an instance takes its own alone. */
        Optional<String> ticketKeysFile();

        /** How often both files are read again; a change holds after two readings. 100ms to 60s. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 60)
        Duration keysRefresh();

        /** The claim of a token that has the scopes, under profile oidc. */
        @WithDefault("scope")
        String scopesClaim();

        /** The page's public client at the issuer, under profile oidc; without it the page asks for a token. */
        Optional<String> pageClientId();

        /** What the page asks the issuer for: words with spaces between them, such as {@code openid offline_access}. */
        @WithDefault("openid")
        String pageScope();
    }

    /** How much anyone may ask. */
    interface Limits {
        /** Requests per second of one principal, or of one address where nobody is asked who they are. 0 to 1,000,000; 0 = unlimited. */
        @WithDefault("1000")
        @Min(0)
        @Max(1_000_000)
        int requestsPerSecond();

        /** Requests at once before that counts. 1 to 10,000,000. */
        @WithDefault("2000")
        @Min(1)
        @Max(10_000_000)
        int burst();
    }
}
