// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Settings of {@code GET /api/v1/stream}. */
public interface StreamConfig {

    /** Time between heartbeats. Without them proxies and clients give up, the page after 40 s of silence. 100ms to 30s. */
    @WithDefault("15s")
    @DurationMin(millis = 100)
    @DurationMax(seconds = 30)
    Duration heartbeat();

    /** SSE {@code retry}: delay before a client reconnects, plus or minus a quarter. 100ms to 60s. */
    @WithDefault("2s")
    @DurationMin(millis = 100)
    @DurationMax(seconds = 60)
    Duration retry();

    /** Concurrent streams; one more gets 503. 1 to 100,000. */
    @WithDefault("1000")
    @Min(1)
    @Max(100_000)
    int maxClients();

    /** Concurrent streams from one address; one more gets 429. 1 to 100,000. */
    @WithDefault("100")
    @Min(1)
    @Max(100_000)
    int maxPerAddress();

    /** Concurrent streams of one principal; one more gets 429. Without authentication the principal is the address. 1 to 100,000. */
    @WithDefault("100")
    @Min(1)
    @Max(100_000)
    int maxPerPrincipal();

    /** A stream ends after this time, less up to an eighth, and its client resumes. 1s to 24h. */
    @WithDefault("30m")
    @DurationMin(seconds = 1)
    @DurationMax(hours = 24)
    Duration maxLife();

    /** Events that a client whose connection is full may be behind before it gets only the newest revisions. 1 to 100,000. */
    @WithDefault("1000")
    @Min(1)
    @Max(100_000)
    int buffer();

    /** Maximum number of windows in a snapshot; a snapshot that would have more is partial. 100 to 100,000. */
    @WithDefault("10000")
    @Min(100)
    @Max(100_000)
    int snapshotRows();

    /** A snapshot that its client has not taken after this time ends and is partial. 1s to 10m. */
    @WithDefault("60s")
    @DurationMin(seconds = 1)
    @DurationMax(minutes = 10)
    Duration snapshotTimeout();

    /** A client that takes nothing for this time, although data is pending, is disconnected. 1s to 10m. */
    @WithDefault("30s")
    @DurationMin(seconds = 1)
    @DurationMax(minutes = 10)
    Duration stallTimeout();
}
