// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Limits the requests of each principal: {@code burst} requests at once, and {@code requests-per-second} in the long run. Responses carry the headers
 * {@code RateLimit-Policy} and {@code RateLimit} of draft-ietf-httpapi-ratelimit-headers.
 *
 * <p>Remembers 10,000 principals, those that ask often or asked last; a forgotten one begins with a full allowance.
 */
@Singleton
public class RateLimits {

    private static final int MAX_KNOWN = 10_000;

    private final int perSecond;
    private final int burst;
    private final long windowSeconds;
    private final LoadingCache<String, Bucket> buckets =
            Caffeine.newBuilder().maximumSize(MAX_KNOWN).executor(Runnable::run).build(name -> bucket());

    RateLimits(ResultsConfig config) {
        perSecond = config.limits().requestsPerSecond();
        burst = config.limits().burst();
        windowSeconds = perSecond == 0 ? 0 : Math.max(1, -Math.floorDiv(-burst, perSecond));
    }

    /** @throws ProblemException 429 when {@code who} has sent too many requests */
    void take(Supplier<String> who, HttpServerResponse response) {
        if (perSecond == 0) {
            return;
        }
        ConsumptionProbe probe = buckets.get(who.get()).tryConsumeAndReturnRemaining(1);
        response.putHeader("RateLimit-Policy", "\"requests\";q=" + burst + ";w=" + windowSeconds);
        response.putHeader(
                "RateLimit",
                "\"requests\";r=" + probe.getRemainingTokens() + ";t=" + seconds(probe.getNanosToWaitForReset()));
        if (!probe.isConsumed()) {
            throw ProblemException.unavailable(
                    ProblemType.TOO_MANY_REQUESTS,
                    "more than " + perSecond + " requests per second",
                    Duration.ofSeconds(seconds(probe.getNanosToWaitForRefill())));
        }
    }

    private Bucket bucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .build();
    }

    private static long seconds(long nanos) {
        return -Math.floorDiv(-nanos, 1_000_000_000L);
    }
}
