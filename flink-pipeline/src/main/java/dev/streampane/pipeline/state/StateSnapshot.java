// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** The identity of a serializer in state: the name of the snapshot's class. State that another serializer wrote ends the job without a restart. */
public abstract class StateSnapshot<T> extends SimpleTypeSerializerSnapshot<T> {

    protected StateSnapshot(Supplier<TypeSerializer<T>> serializer) {
        super(serializer);
    }

    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(TypeSerializerSnapshot<T> old) {
        TypeSerializerSchemaCompatibility<T> compatibility = super.resolveSchemaCompatibility(old);
        if (compatibility.isIncompatible()) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "the state was written by a build that had %s where this one has %s, and cannot be read: start a new generation without state (deploy/streampane jobs start JOB --from earliest)"
                            .formatted(
                                    old.getClass().getSimpleName(), getClass().getName())));
        }
        return compatibility;
    }
}
