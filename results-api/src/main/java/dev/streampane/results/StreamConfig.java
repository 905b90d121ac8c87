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

    /** Time between the heartbeats that keep proxies and clients from giving up, as the page does after 40 s of silence. 100ms to 30s. */
    @WithDefault("15s")
    @DurationMin(millis = 100)
    @DurationMax(seconds = 30)
    Duration heartbeat();

    /** What clients are told to wait before they connect again, give or take a quarter. 100ms to 60s. */
    @WithDefault("2s")
    @DurationMin(millis = 100)
    @DurationMax(seconds = 60)
    Duration retry();

    /** Streams open at once; one more gets 503. 1 to 100,000. */
    @WithDefault("1000")
    @Min(1)
    @Max(100_000)
    int maxClients();

    /** Streams open at once from one address; one more gets 429. 1 to 100,000. */
    @WithDefault("100")
    @Min(1)
    @Max(100_000)
    int maxPerAddress();

    /** Streams open at once of one principal; one more gets 429. Without authentication the principal is the address. 1 to 100,000. */
    @WithDefault("100")
    @Min(1)
    @Max(100_000)
    int maxPerPrincipal();

    /** A stream ends after so long, less up to an eighth, and its client resumes. 1s to 24h. */
    @WithDefault("30m")
    @DurationMin(seconds = 1)
    @DurationMax(hours = 24)
    Duration maxLife();

    /** Events that a client whose connection is full may be behind until it gets the newest revisions only. 1 to 100,000. */
    @WithDefault("1000")
    @Min(1)
    @Max(100_000)
    int buffer();

    /** Windows that one snapshot may have; one that would have more says that it is partial. 100 to 100,000. */
    @WithDefault("10000")
    @Min(100)
    @Max(100_000)
    int snapshotRows();

    /** A snapshot that its client has not taken after so long ends and says that it is partial. 1s to 10m. */
    @WithDefault("60s")
    @DurationMin(seconds = 1)
    @DurationMax(minutes = 10)
    Duration snapshotTimeout();

    /** A client that takes nothing for so long, though there is something to take, is closed. 1s to 10m. */
    @WithDefault("30s")
    @DurationMin(seconds = 1)
    @DurationMax(minutes = 10)
    Duration stallTimeout();
}
