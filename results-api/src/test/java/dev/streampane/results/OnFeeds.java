// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static dev.streampane.local.server.Patience.await;

import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.tail.TailFeeds;
import jakarta.inject.Inject;

/** A test of the service with what writes its log and its store, and the feeds of its tail. */
public abstract class OnFeeds {

    /** Of the index that has windows of {@link Fixtures#SIX}. */
    protected static final String MONTH = "2026.11";

    @RealServers.Running
    protected Log log;

    @RealServers.Running
    protected Store store;

    @Inject
    protected TailFeeds feeds;

    /** Waits until the feeds have been read, and has what other tests pushed out of the tail be indexed. */
    protected final void acknowledge() {
        await().until(feeds::loaded);
        store.acknowledge(position());
    }

    /** How far the log of results has been read. */
    protected final TopicPosition position() {
        return feeds.tail().position().topic(feeds.resultsTopic()).orElseThrow();
    }
}
