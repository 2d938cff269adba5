"""The canvas: a disposable picture of a flow, and the gestures that ask for changes to it.

::

    view = CanvasView(catalogue, translate)
    QuickAdd(view)                                    # answers view.quick_add_requested
    view.flow_scene.show(flow)                        # and apply(changes), set_node_state, set_problems, set_language
    view.changes_requested.connect(send_to_session)   # what comes back goes to view.flow_scene.apply
    view.commands.align("left")                       # every command, for menus
    view.navigator.reveal(node_id)                    # where the view looks
"""
