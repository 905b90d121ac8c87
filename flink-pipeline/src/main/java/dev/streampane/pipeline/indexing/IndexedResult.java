// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

/**
 * A window result as Elasticsearch is to hold it.
 *
 * @param id the result's id
 * @param month of the window's start, in UTC: {@code yyyy.MM}
 * @param version orders the results of one id: {@code (complete ? 2^60 : 0) + generation * 2^32 + rev}
 * @param source the document: JSON on one line
 */
public record IndexedResult(
        String id,
        String job,
        String month,
        long generation,
        long rev,
        long version,
        byte[] source) {}
