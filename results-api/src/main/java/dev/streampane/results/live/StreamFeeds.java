// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The topics that the stream follows. */
@ApplicationScoped
public class StreamFeeds {

    private final ResultsFeed results;
    private final AlertsFeed alerts;

    StreamFeeds(ResultsFeed results, AlertsFeed alerts) {
        this.results = results;
        this.alerts = alerts;
    }

    /** Whether streams can be served: results have been read, and alerts where there is such a topic. */
    public boolean loaded() {
        return results.loaded() && alerts.settled();
    }

    /** A client's place, now. */
    StreamPlace now() {
        return new StreamPlace(
                List.of(
                        new StreamPlace.Followed("window", results.feed().tail()),
                        new StreamPlace.Followed("alert", alerts.feed().tail())));
    }

    /** The position behind everything that was read, as streams send it. */
    public String position() {
        return now().position();
    }

    /** Calls {@code listener} on a consumer's thread whenever there is more to send. */
    void onMore(Runnable listener) {
        results.feed().onMore(listener);
        alerts.feed().onMore(listener);
    }
}
