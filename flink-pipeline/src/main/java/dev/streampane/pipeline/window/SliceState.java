// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.internal.InternalValueState;

/**
 * The slices of each key in state, by slice number. All methods but {@link #restored} and {@link #keys} work on the current key. The
 * {@link SliceTree}s are not in state; they are rebuilt after a restore.
 */
final class SliceState {

    private final InternalValueState<String, Long, Partial> state;
    private final Supplier<String> key;
    private final Map<String, SliceTree> trees = new HashMap<>();

    /**
     * @param key gives the current key
     */
    SliceState(InternalValueState<String, Long, Partial> state, Supplier<String> key) {
        this.state = state;
        this.key = key;
    }

    /** Adds a restored slice to the tree of its key; its contents are read later. */
    void restored(Tuple2<String, Long> slice) {
        tree(slice.f0).put(slice.f1, null);
    }

    /** The tree of the key, created if there is none. */
    SliceTree tree() {
        return tree(key.get());
    }

    private SliceTree tree(String ofKey) {
        return trees.computeIfAbsent(ofKey, ignored -> new SliceTree());
    }

    /** The tree of the key, or null if the key has no slices. */
    SliceTree treeIfAny() {
        return trees.get(key.get());
    }

    int keys() {
        return trees.size();
    }

    /**
     * Adds a partial to a slice.
     *
     * @param summed whether there may be sums that include the slice
     */
    void add(long slice, Partial partial, boolean summed) throws IOException {
        state.setCurrentNamespace(slice);
        Partial before = state.value(); // a copy during a snapshot, so not always the tree's object
        Partial contents = before == null ? new Partial() : before;
        contents.add(partial);
        state.update(contents);
        SliceTree tree = tree();
        tree.put(slice, contents);
        if (summed) {
            tree.add(slice, partial);
        }
    }

    Partial sum(long from, long to) {
        return tree().sum(from, to, this::contents);
    }

    private Partial contents(long slice) {
        try {
            state.setCurrentNamespace(slice);
            return state.value();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void removeBelow(long to) {
        SliceTree tree = tree();
        tree.removeBelow(to, slice -> {
            state.setCurrentNamespace(slice);
            state.clear();
        });
        if (tree.isEmpty()) {
            trees.remove(key.get());
        }
    }
}
