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

/** Configuration of results-api, without the framework's own settings; an invalid value stops the start and is named. */
@ConfigMapping(prefix = "results")
public interface ResultsConfig {

    /** Names of Kafka topics: 1 to 249 of {@code a-z A-Z 0-9 . _ -}. */
    String TOPIC = "(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}";

    /** Message for an invalid topic name. */
    String TOPIC_ALLOWED = "must be 1 to 249 of a-z A-Z 0-9 . _ -, and neither . nor ..";

    /** The log of results, which queries and streams read. */
    @WithDefault("window-results")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String topic();

    /** The log of alerts. */
    @WithDefault("alerts")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String alertsTopic();

    /** The changelog of word counts. */
    @WithDefault("word-counts")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String wordsTopic();

    /** Where jobs write previews of open windows; read once the first stream requests them. */
    @WithDefault("window-previews")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String previewsTopic();

    /** Where the jobs write their audit lines. */
    @WithDefault("audit")
    @Pattern(regexp = TOPIC, message = TOPIC_ALLOWED)
    String auditTopic();

    /** Where each job announces its generations. */
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

    /** Maximum number of results in memory, and of alerts and of word counts; they serve recent queries, snapshots and resumes. About 1 KiB each. 100 to 1,000,000. */
    @WithDefault("1000000")
    @Min(100)
    @Max(1_000_000)
    int tailSize();

    /** Maximum age of these records since they were appended to the log. 1s to 24h. */
    @WithDefault("15m")
    @DurationMin(seconds = 1)
    @DurationMax(hours = 24)
    Duration tailAge();

    /** Maximum memory of the results, whatever their number and age; a quarter of it each for alerts and counts. Evicts the oldest first. Default: a quarter of the heap. */
    Optional<MemorySize> tailBytes();

    /** Consumers shared by all reads of what is not in memory. 1 to 4. */
    @WithDefault("4")
    @Min(1)
    @Max(4)
    int catchUpReaders();

    /** Cache of what they have read for streams: streams that resume near the same position read the log once. At least 1M. */
    @WithDefault("16M")
    @WithConverter(CacheSizeConverter.class)
    MemorySize catchUpBytes();

    /** Age from which an open transaction on the log is reported: it holds back every reader. 1s to 1h. */
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

    /** Settings of reads from Elasticsearch. */
    interface Query {
        /** Timeout of a request to Elasticsearch, after which the answer is 503. 100ms to 30s. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 30)
        Duration timeout();

        /** How long {@code atLeast} waits for a position (then 504), and {@code asOf} and {@code atLeast} for Kafka, at least 1s (then 503). 0s to 30s. */
        @WithDefault("2s")
        @DurationMin(seconds = 0)
        @DurationMax(seconds = 30)
        Duration atLeastTimeout();

        /** The {@code Retry-After} of a 503. 1s to 10m. */
        @WithDefault("5s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 10)
        Duration retryAfter();

        /** Maximum number of windows that a roll-up reads one by one; above it Elasticsearch adds up, in floating point. 100 to 1,000,000. */
        @WithDefault("100000")
        @Min(100)
        @Max(1_000_000)
        int aggregateMaxWindows();

        /** How long a roll-up may read windows one by one, or wait for Elasticsearch if that alone adds up. 1s to 60s. */
        @WithDefault("10s")
        @DurationMin(seconds = 1)
        @DurationMax(seconds = 60)
        Duration aggregateTimeout();

        /** Concurrent reads of pages of windows and alerts, searches for single ones, and topic id lookups; one more gets 503. 1 to 1,000. */
        @WithDefault("64")
        @Min(1)
        @Max(1_000)
        int maxPages();

        /** Concurrent lists of keys and roll-ups, as many answers in lines, and as many lists of rejects; one more gets 503. 1 to 1,000. */
        @WithDefault("16")
        @Min(1)
        @Max(1_000)
        int maxScans();
    }

    /** Settings of {@code /api/v1/audit} and {@code /api/v1/watermarks}. */
    interface Audit {
        /** Combinations of job, generation and partition in memory; evicts the least recently changed. 100 to 1,000,000. */
        @WithDefault("10000")
        @Min(100)
        @Max(1_000_000)
        int maxPartitions();

        /** How often the input topics' end offsets and the open transactions are looked up. 100ms to 60s. */
        @WithDefault("5s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 60)
        Duration refresh();

        /** An input partition with neither data nor heartbeats for this time is reported as stalled. 1s to 1h. */
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

        /** Concurrent explanations; one more gets 503. 1 to 16. */
        @WithDefault("2")
        @Min(1)
        @Max(16)
        int maxRunning();
    }

    /** Settings of {@code /api/v1/dead-letters}, {@code /api/v1/late} and {@code /api/v1/records}. */
    interface Rejects {
        /** Maximum number of records read for one page, filtered ones included; then the page is {@code truncated}. 1 to 1,000,000. */
        @WithDefault("20000")
        @Min(1)
        @Max(1_000_000)
        int maxScan();

        /** Approximate bytes read for one page; exceeded by 1 MiB or one record at most. */
        @WithDefault("32M")
        MemorySize maxScanBytes();

        /** How long a page may be read; then it is {@code truncated}. 100ms to 30s. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 30)
        Duration timeout();
    }

    /** Authentication and authorization. */
    interface Security {
        /** Authentication method. */
        enum Profile {
            /** None; for a loopback address. */
            NONE,
            /** API keys from a file. */
            API_KEY,
            /** Tokens of an OpenID Connect issuer, {@code quarkus.oidc.*}. */
            OIDC
        }

        /** Authentication method: none, api-key or oidc. */
        @WithDefault("none")
        Profile profile();

        /** Under profile none, listen on an address that other machines reach. */
        @WithDefault("false")
        @WithConverter(StrictBooleanConverter.class)
        boolean insecure();

        /** Answer only requests for loopback hosts. Default: true under profile none without {@link #insecure}, else false. */
        Optional<@WithConverter(StrictBooleanConverter.class) Boolean> loopbackHosts();

        /** The file with the keys, under profile api-key. */
        Optional<String> keysFile();

        /** The file with the keys that sign tickets; without it an instance accepts only its own tickets. */
        Optional<String> ticketKeysFile();

        /** How often both files are read again; a change takes effect after two reads. 100ms to 60s. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 60)
        Duration keysRefresh();

        /** The claim of a token that has the scopes, under profile oidc. */
        @WithDefault("scope")
        String scopesClaim();

        /** The page's client id (a public client), under profile oidc; without it the page asks for a token. */
        Optional<String> pageClientId();

        /** The scopes that the page requests, separated by spaces, such as {@code openid offline_access}. */
        @WithDefault("openid")
        String pageScope();
    }

    /** Rate limits per principal. */
    interface Limits {
        /** Requests per second of one principal, or of one address without authentication. 0 to 1,000,000; 0 = unlimited. */
        @WithDefault("1000")
        @Min(0)
        @Max(1_000_000)
        int requestsPerSecond();

        /** Requests at once before that rate applies. 1 to 10,000,000. */
        @WithDefault("2000")
        @Min(1)
        @Max(10_000_000)
        int burst();
    }
}
